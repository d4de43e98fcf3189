//! How a case can be decided, and what became of one, in words.

use super::Item;
use crate::domain::safety::report_cases::ReportState;
use crate::web::frame::Frame;

/// A way to decide, as a button of the form.
pub struct Verdict {
    /// What it sends: "uphold", "hide", "dismiss".
    pub value: &'static str,
    /// What it says.
    pub words: &'static str,
    /// Whether it is what the form is most about.
    pub first: bool,
}

impl Item {
    /// The ways in which this viewer can decide: each once, and each saying what becomes of the text.
    pub fn verdicts(&self, frame: &Frame) -> Vec<Verdict> {
        let open = self.case.state == ReportState::Open;
        let mut verdicts = Vec::new();
        if self.is_upheld_by(frame) {
            verdicts.push(Verdict { value: "uphold", words: self.right(), first: open });
        }
        if self.is_hidden_by(frame) {
            verdicts.push(Verdict { value: "hide", words: "Right: hide it", first: false });
        }
        if self.case.state != ReportState::Dismissed {
            verdicts.push(Verdict { value: "dismiss", words: self.not_right(), first: false });
        }
        verdicts
    }

    fn right(&self) -> &'static str {
        let folds = self.reported.can_be_folded();
        match () {
            () if self.reported.hidden().is_some() => "Right: it stays hidden",
            () if self.case.only_spoils() && folds && self.case.is_folded() => "Keep the fold",
            () if self.case.only_spoils() && folds => "Fold it",
            () if self.case.is_folded() => "Right: it stays, folded",
            () if self.case.spoils() && folds => "Right: fold it",
            () => "Right, but the text stays",
        }
    }

    fn not_right(&self) -> &'static str {
        match () {
            () if self.reported.hidden().is_some() => "Not right; it stays hidden",
            () if self.case.only_spoils() => "It gives nothing away",
            () if self.case.is_folded() => "Not right: open it again",
            () => "Not right: keep it as it is",
        }
    }

    /// What became of a decided case.
    pub fn outcome(&self) -> &'static str {
        match (self.case.state, self.reported.hidden().is_some()) {
            (ReportState::Upheld, true) => "It was found right, and the text is hidden.",
            (ReportState::Upheld, false) if self.case.is_folded() => "It was found right, and the text stays folded.",
            (ReportState::Upheld, false) => "It was found right.",
            (_, true) => "It was not found right; the text is hidden for another reason.",
            (_, false) if self.case.is_folded() => "It was not found right, and the text is open again.",
            (_, false) => "It was not found right, and the text is as it was.",
        }
    }
}
