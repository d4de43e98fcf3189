//! The decisions that a moderator can choose from, and the outcome of a case in words.

use super::CaseItem;
use crate::domain::moderation::reports::ReportedText;
use crate::domain::safety::report_cases::ReportState;
use crate::web::frame::Frame;

/// A decision, as a submit button of the form.
pub struct Verdict {
    /// The submitted value: “uphold”, “hide” or “dismiss”.
    pub value: &'static str,
    /// The label.
    pub label: &'static str,
    /// Whether it is the primary button.
    pub is_primary: bool,
}

impl CaseItem {
    /// The decisions open to this viewer. The labels say what happens to the text.
    pub fn verdicts(&self, frame: &Frame) -> Vec<Verdict> {
        let open = self.case.state == ReportState::Open;
        let mut verdicts = Vec::new();
        if self.can_be_upheld_by(frame) {
            verdicts.push(Verdict { value: "uphold", label: self.uphold_label(), is_primary: open });
        }
        if self.can_be_hidden_by(frame) {
            verdicts.push(Verdict { value: "hide", label: "Agree and hide", is_primary: false });
        }
        if self.case.state != ReportState::Dismissed {
            verdicts.push(Verdict { value: "dismiss", label: self.dismiss_label(), is_primary: false });
        }
        verdicts
    }

    fn uphold_label(&self) -> &'static str {
        let folds = self.reported.can_be_folded();
        match () {
            () if self.reported.hidden().is_some() => "Agree, keep hidden",
            () if self.case.only_spoils() && folds && self.case.is_folded() => "Confirm spoiler",
            () if self.case.only_spoils() && folds => "Mark as spoiler",
            () if self.case.is_folded() => "Agree, keep as spoiler",
            () if self.case.spoils() && folds => "Agree and mark as spoiler",
            () if matches!(self.reported.text, ReportedText::Post(..)) => "Agree, keep post",
            () => "Agree, no change",
        }
    }

    fn dismiss_label(&self) -> &'static str {
        match () {
            () if self.reported.hidden().is_some() => "Disagree, keep hidden",
            () if self.case.only_spoils() => "Not a spoiler",
            () if self.case.is_folded() => "Disagree, remove spoiler",
            () => "Disagree",
        }
    }

    /// The outcome of a decided case.
    pub fn outcome(&self) -> &'static str {
        match (self.case.state, self.reported.hidden().is_some()) {
            (ReportState::Upheld, true) => "Upheld and hidden.",
            (ReportState::Upheld, false) if self.case.is_folded() => "Upheld and marked as a spoiler.",
            (ReportState::Upheld, false) => "Upheld.",
            (_, true) => "Dismissed, but hidden for another reason.",
            (_, false) if self.case.is_folded() => "Dismissed and no longer marked as a spoiler.",
            (_, false) => "Dismissed. Nothing was changed.",
        }
    }
}
