//! The tables as Diesel sees them: the same on both databases, in the order of the migrations.

diesel::table! {
    members (id) {
        id -> BigInt,
        handle -> Text,
        handle_key -> Text,
        email -> Text,
        email_key -> Text,
        password_hash -> Text,
        role -> Text,
        about -> Text,
        zone -> Nullable<Text>,
        posts_count -> Integer,
        joined_at -> Timestamp,
        minds_spoilers -> Bool,
        state -> Text,
        silenced_until -> Nullable<Timestamp>,
        suspended_until -> Nullable<Timestamp>,
        unseen -> Integer,
        calendar_hash -> Nullable<Text>,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        token_hash -> Text,
        member_id -> BigInt,
        browser -> Text,
        created_at -> Timestamp,
        seen_at -> Timestamp,
    }
}

diesel::table! {
    limits (bucket) {
        bucket -> Text,
        opened_at -> Timestamp,
        taken -> Integer,
    }
}

diesel::table! {
    books (id) {
        id -> BigInt,
        title -> Text,
        authors -> Text,
        find_key -> Text,
        first_published -> Nullable<Integer>,
        genres -> Text,
        chapters_count -> Integer,
        threads_count -> Integer,
        version -> BigInt,
        created_at -> Timestamp,
        paged_edition_id -> Nullable<BigInt>,
        suitability_votes -> Integer,
        suitability_years -> Integer,
    }
}

diesel::table! {
    editions (id) {
        id -> BigInt,
        book_id -> BigInt,
        publisher -> Nullable<Text>,
        published -> Nullable<Text>,
        statement -> Nullable<Text>,
        pages -> Nullable<Integer>,
        isbn -> Nullable<Text>,
        call_number -> Nullable<Text>,
    }
}

diesel::table! {
    chapters (book_id, position) {
        book_id -> BigInt,
        position -> Integer,
        title -> Nullable<Text>,
        part -> Nullable<Text>,
        page -> Nullable<Integer>,
        spoils -> Bool,
    }
}

diesel::table! {
    club (id) {
        id -> BigInt,
        name -> Text,
        tagline -> Text,
        zone -> Text,
        visitors_read -> Bool,
        open_to_join -> Bool,
        current_book_id -> Nullable<BigInt>,
        first_admin_hash -> Nullable<Text>,
        secret -> Text,
        version -> BigInt,
        seals_ratings -> Bool,
    }
}

diesel::table! {
    bookmarks (member_id, book_id) {
        member_id -> BigInt,
        book_id -> BigInt,
        position -> Integer,
        moved_at -> Timestamp,
        minds_spoilers -> Bool,
        caught_up -> Integer,
    }
}

diesel::table! {
    sources (id) {
        id -> BigInt,
        digest -> Text,
        file -> Text,
        site -> Nullable<Text>,
        byline -> Nullable<Text>,
        published_on -> Nullable<Date>,
        address -> Nullable<Text>,
        half_stars -> Nullable<Integer>,
        book_id -> BigInt,
        edition_id -> Nullable<BigInt>,
        imported_at -> Timestamp,
    }
}

diesel::table! {
    ratings (id) {
        id -> BigInt,
        book_id -> BigInt,
        member_id -> Nullable<BigInt>,
        source_id -> Nullable<BigInt>,
        byline -> Nullable<Text>,
        half_stars -> Integer,
        rated_at -> Timestamp,
    }
}

diesel::table! {
    rating_counts (book_id, half_stars) {
        book_id -> BigInt,
        half_stars -> Integer,
        count -> Integer,
    }
}

diesel::table! {
    passages (id) {
        id -> BigInt,
        book_id -> BigInt,
        kind -> Text,
        html -> Text,
        reach -> Nullable<Integer>,
        byline -> Nullable<Text>,
        source_id -> Nullable<BigInt>,
        written_at -> Timestamp,
    }
}

diesel::table! {
    suitabilities (id) {
        id -> BigInt,
        book_id -> BigInt,
        source_id -> Nullable<BigInt>,
        byline -> Text,
        years -> Integer,
        member_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    threads (id) {
        id -> BigInt,
        book_id -> Nullable<BigInt>,
        kind -> Text,
        title -> Text,
        title_reach -> Nullable<Integer>,
        reach -> Nullable<Integer>,
        author_id -> Nullable<BigInt>,
        byline -> Nullable<Text>,
        source_id -> Nullable<BigInt>,
        half_stars -> Nullable<Integer>,
        created_at -> Timestamp,
        last_post_at -> Timestamp,
        last_poster -> Text,
        posts_count -> Integer,
        version -> BigInt,
        locked -> Bool,
        pinned -> Bool,
        lock_reason -> Nullable<Text>,
    }
}

diesel::table! {
    posts (thread_id, number) {
        thread_id -> BigInt,
        number -> Integer,
        id -> BigInt,
        author_id -> Nullable<BigInt>,
        byline -> Nullable<Text>,
        markdown -> Text,
        html -> Text,
        reach_book_id -> Nullable<BigInt>,
        reach -> Nullable<Integer>,
        reply_to -> Nullable<BigInt>,
        half_stars -> Nullable<Integer>,
        written_at -> Timestamp,
        edited_at -> Nullable<Timestamp>,
        hidden_reason -> Nullable<Text>,
        also_book_id -> Nullable<BigInt>,
        also_reach -> Nullable<Integer>,
        withdrawn -> Bool,
    }
}

diesel::table! {
    revisions (id) {
        id -> BigInt,
        post_id -> BigInt,
        html -> Text,
        reach_book_id -> Nullable<BigInt>,
        reach -> Nullable<Integer>,
        written_at -> Timestamp,
        also_book_id -> Nullable<BigInt>,
        also_reach -> Nullable<Integer>,
    }
}

diesel::table! {
    meetings (id) {
        id -> BigInt,
        uid -> Text,
        title -> Text,
        book_id -> Nullable<BigInt>,
        day -> Date,
        time -> Nullable<Time>,
        minutes -> Nullable<Integer>,
        zone -> Text,
        starts_at -> Timestamp,
        ends_at -> Timestamp,
        place -> Text,
        markdown -> Text,
        html -> Text,
        reach -> Nullable<Integer>,
        through -> Nullable<Integer>,
        source_id -> Nullable<BigInt>,
        host_id -> Nullable<BigInt>,
        writer_id -> Nullable<BigInt>,
        cancelled_reason -> Nullable<Text>,
        sequence -> Integer,
        yes_count -> Integer,
        no_count -> Integer,
        maybe_count -> Integer,
        created_at -> Timestamp,
        changed_at -> Timestamp,
        places -> Nullable<Integer>,
        guests -> Integer,
        closes_at -> Nullable<Timestamp>,
        waiting_count -> Integer,
    }
}

diesel::table! {
    rsvps (meeting_id, member_id) {
        meeting_id -> BigInt,
        member_id -> BigInt,
        answer -> Text,
        answered_at -> Timestamp,
        guests -> Integer,
        waiting -> Bool,
    }
}

diesel::table! {
    actions (id) {
        id -> BigInt,
        acted_at -> Timestamp,
        actor_id -> BigInt,
        kind -> Text,
        subject -> Text,
        subject_id -> BigInt,
        reason -> Text,
        before -> Text,
        after -> Text,
        member_id -> Nullable<BigInt>,
        undoes -> Nullable<BigInt>,
    }
}

diesel::table! {
    watches (member_id, thread_id, post_id) {
        member_id -> BigInt,
        thread_id -> BigInt,
        post_id -> BigInt,
        watched_at -> Timestamp,
    }
}

diesel::table! {
    notices (id) {
        id -> BigInt,
        book_id -> BigInt,
        label -> Text,
        markdown -> Text,
        html -> Text,
        reach -> Nullable<Integer>,
        writer_id -> Nullable<BigInt>,
        written_at -> Timestamp,
        state -> Text,
    }
}

diesel::table! {
    reports (id) {
        id -> BigInt,
        kind -> Text,
        subject -> Text,
        subject_id -> BigInt,
        reporter_id -> BigInt,
        author_id -> Nullable<BigInt>,
        position -> Nullable<Integer>,
        before -> Nullable<Integer>,
        words -> Text,
        state -> Text,
        reported_at -> Timestamp,
        settled_by -> Nullable<BigInt>,
        settled_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    undos (action_id) {
        action_id -> BigInt,
        data -> Text,
    }
}

diesel::table! {
    notifications (id) {
        id -> BigInt,
        member_id -> BigInt,
        kind -> Text,
        subject -> Text,
        subject_id -> BigInt,
        reason -> Text,
        made_at -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    members,
    sessions,
    limits,
    books,
    editions,
    chapters,
    club,
    bookmarks,
    sources,
    ratings,
    rating_counts,
    passages,
    suitabilities,
    threads,
    posts,
    revisions,
    meetings,
    rsvps,
    actions,
    watches,
    notices,
    reports,
    undos,
    notifications,
);

diesel::joinable!(sessions -> members (member_id));
diesel::joinable!(chapters -> books (book_id));
diesel::joinable!(ratings -> members (member_id));
diesel::joinable!(ratings -> sources (source_id));
diesel::joinable!(passages -> sources (source_id));
diesel::joinable!(suitabilities -> sources (source_id));
diesel::joinable!(threads -> books (book_id));
diesel::joinable!(posts -> members (author_id));
diesel::joinable!(posts -> threads (thread_id));
diesel::joinable!(meetings -> books (book_id));
diesel::joinable!(rsvps -> members (member_id));
diesel::joinable!(actions -> members (actor_id));
diesel::joinable!(threads -> members (author_id));
diesel::joinable!(notices -> members (writer_id));
diesel::joinable!(suitabilities -> members (member_id));
diesel::joinable!(meetings -> members (host_id));
