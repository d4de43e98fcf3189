//! Splits a blog page: what is above the heading, the review, the comments, the rest.

use super::super::boilerplate;
use super::super::lines::Para;
use super::super::words::normalize;
use super::comments;

/// The parts, in order.
#[derive(Default)]
pub(super) struct Parts {
    pub main: Vec<Para>,
    pub comments: Vec<Para>,
    /// The number of comments according to the page.
    pub told: Option<usize>,
    /// The heading with that number.
    pub header: Option<String>,
    pub tail: Vec<Para>,
}

/// Splits what follows the heading.
pub(super) fn parts(paras: Vec<Para>) -> Parts {
    let mut parts = Parts::default();
    let mut place = Place::Main;
    let unheaded = !paras.iter().any(|para| header(para).is_some());
    for mut para in paras {
        let told = header(&para).filter(|_| place != Place::Comments);
        let begins = unheaded && place == Place::Main && !parts.main.is_empty();
        if let Some(told) = told {
            place = Place::Comments;
            parts.told = told;
            parts.header = Some(para.lines.remove(0));
            if para.lines.is_empty() {
                continue;
            }
        } else if begins && comments::begins(&para) {
            place = Place::Comments;
        } else if is_end(&para) {
            place = Place::Tail;
        }
        match place {
            Place::Main => parts.main.push(para),
            Place::Comments => parts.comments.push(para),
            Place::Tail => parts.tail.push(para),
        }
    }
    parts
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Main,
    Comments,
    Tail,
}

fn header(para: &Para) -> Option<Option<usize>> {
    para.lines.first().and_then(|line| comments::header(line))
}

fn is_end(para: &Para) -> bool {
    let first = para.lines.first().map(String::as_str).unwrap_or_default();
    boilerplate::opens_form(first) || (first.len() < 1000 && normalize(first).starts_with("this entry was posted"))
}
