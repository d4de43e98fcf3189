pub mod book_order;
pub mod folds;
pub mod posts;
pub mod threads;
pub mod titles;
pub mod unlocked;
pub mod visibility;
pub mod watches;
