//! Diesel's table definitions, the same for both databases, in the order of the migrations.

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
        waiting -> Integer,
        blocks -> Integer,
        hidden_reason -> Nullable<Text>,
        upheld_count -> Integer,
        invitation_id -> Nullable<BigInt>,
        answer -> Text,
        let_in_by -> Nullable<BigInt>,
        declined_reason -> Nullable<Text>,
        calendar_hash -> Nullable<Text>,
        shows_place -> Bool,
        confirmed_at -> Nullable<Timestamp>,
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
        current_book_id -> Nullable<BigInt>,
        first_admin_hash -> Nullable<Text>,
        secret -> Text,
        version -> BigInt,
        seals_ratings -> Bool,
        ribbon -> Text,
        posts_an_hour -> Nullable<Integer>,
        threads_an_hour -> Nullable<Integer>,
        is_set_up -> Bool,
        mail_url -> Nullable<Text>,
        mail_password -> Nullable<Text>,
        mail_sender -> Nullable<Text>,
        welcome -> Text,
        welcome_html -> Text,
        rules -> Text,
        rules_html -> Text,
        joining -> Text,
        joining_question -> Text,
        opens_heard -> Bool,
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
        heard -> Nullable<Integer>,
        opens -> Integer,
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
        hidden_reason -> Nullable<Text>,
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
        approval -> Bool,
        also_book_id -> Nullable<BigInt>,
        also_reach -> Nullable<Integer>,
        title_also_book_id -> Nullable<BigInt>,
        title_also_reach -> Nullable<Integer>,
        pinned_until -> Nullable<Timestamp>,
        merged_into -> Nullable<BigInt>,
        title_writer_id -> Nullable<BigInt>,
        shown -> Bool,
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
        spoilers_book_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    quotes (post_id, quoted_id) {
        post_id -> BigInt,
        quoted_id -> BigInt,
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
        hidden_reason -> Nullable<Text>,
        changed_at -> Timestamp,
        places -> Nullable<Integer>,
        guests -> Integer,
        closes_at -> Nullable<Timestamp>,
        waiting_count -> Integer,
    }
}

diesel::table! {
    calls (meeting_id) {
        meeting_id -> BigInt,
        address -> Text,
        audience -> Text,
    }
}

diesel::table! {
    series (id) {
        id -> BigInt,
        step -> Text,
        number -> Integer,
        weekday -> Integer,
        skipped -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    occurrences (meeting_id) {
        meeting_id -> BigInt,
        series_id -> BigInt,
        slot -> Date,
        by_hand -> Bool,
        number -> Integer,
        weekday -> Integer,
    }
}

diesel::table! {
    moves (meeting_id) {
        meeting_id -> BigInt,
        day -> Date,
        time -> Nullable<Time>,
        zone -> Text,
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
        actor_id -> Nullable<BigInt>,
        kind -> Text,
        subject -> Text,
        subject_id -> BigInt,
        reason -> Text,
        before -> Text,
        after -> Text,
        member_id -> Nullable<BigInt>,
        undoes -> Nullable<BigInt>,
        office -> Nullable<Text>,
    }
}

diesel::table! {
    reasons (id) {
        id -> BigInt,
        words -> Text,
    }
}

diesel::table! {
    uploads (id) {
        id -> BigInt,
        member_id -> BigInt,
        file -> Text,
        made_at -> Timestamp,
        bytes -> Binary,
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
        hidden_reason -> Nullable<Text>,
    }
}

diesel::table! {
    reports (id) {
        id -> BigInt,
        case_id -> BigInt,
        number -> Integer,
        kind -> Text,
        subject -> Text,
        subject_id -> BigInt,
        reporter_id -> BigInt,
        author_id -> Nullable<BigInt>,
        position -> Nullable<Integer>,
        words -> Text,
        state -> Text,
        reported_at -> Timestamp,
    }
}

diesel::table! {
    cases (id) {
        id -> BigInt,
        subject -> Text,
        subject_id -> BigInt,
        author_id -> Nullable<BigInt>,
        state -> Text,
        position -> Nullable<Integer>,
        before -> Nullable<Integer>,
        reports_count -> Integer,
        spoils_count -> Integer,
        unkind_count -> Integer,
        spam_count -> Integer,
        off_topic_count -> Integer,
        copyright_count -> Integer,
        other_count -> Integer,
        opened_at -> Timestamp,
        claimed_by -> Nullable<BigInt>,
        claimed_at -> Nullable<Timestamp>,
        settled_by -> Nullable<BigInt>,
        settled_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    undos (action_id) {
        action_id -> BigInt,
        name -> Text,
        topic -> Text,
        data -> Text,
    }
}

diesel::table! {
    import_pages (digest) {
        digest -> Text,
        page -> Text,
        stored_at -> Timestamp,
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
        detail -> Text,
    }
}

diesel::table! {
    guards (id) {
        id -> BigInt,
        new_days -> Integer,
        new_posts -> Integer,
        links -> Nullable<Integer>,
        mentions -> Nullable<Integer>,
        hourly_threads -> Nullable<Integer>,
        hourly_posts -> Nullable<Integer>,
        approve_first -> Integer,
        version -> BigInt,
    }
}

diesel::table! {
    filters (id) {
        id -> BigInt,
        kind -> Text,
        pattern -> Text,
        act -> Text,
        note -> Text,
        removed -> Bool,
        made_at -> Timestamp,
    }
}

diesel::table! {
    invitations (id) {
        id -> BigInt,
        token_hash -> Text,
        note -> Text,
        most -> Integer,
        used -> Integer,
        made_by -> BigInt,
        made_at -> Timestamp,
        until -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    held (id) {
        id -> BigInt,
        member_id -> BigInt,
        thread_id -> Nullable<BigInt>,
        book_id -> Nullable<BigInt>,
        kind -> Text,
        title -> Text,
        title_spoils -> Bool,
        half_stars -> Nullable<Integer>,
        markdown -> Text,
        html -> Text,
        reach_book_id -> Nullable<BigInt>,
        reach -> Nullable<Integer>,
        also_book_id -> Nullable<BigInt>,
        also_reach -> Nullable<Integer>,
        reply_to -> Nullable<BigInt>,
        why -> Text,
        made_at -> Timestamp,
        state -> Text,
        decided_by -> Nullable<BigInt>,
        decided_at -> Nullable<Timestamp>,
        reason -> Text,
        post_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    partings (into_id, after_id) {
        into_id -> BigInt,
        after_id -> BigInt,
        from_id -> BigInt,
        count -> Integer,
    }
}

diesel::table! {
    sanctions (id) {
        id -> BigInt,
        member_id -> BigInt,
        kind -> Text,
        reason -> Text,
        given_by -> BigInt,
        given_as -> Text,
        given_at -> Timestamp,
        until -> Nullable<Timestamp>,
        confirmed_at -> Nullable<Timestamp>,
        lifted_by -> Nullable<BigInt>,
        lifted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    blocks (member_id, blocked_id) {
        member_id -> BigInt,
        blocked_id -> BigInt,
        blocked_at -> Timestamp,
    }
}

diesel::table! {
    notes (id) {
        id -> BigInt,
        member_id -> BigInt,
        author_id -> BigInt,
        body -> Text,
        written_at -> Timestamp,
    }
}

diesel::table! {
    date_polls (id) {
        id -> BigInt,
        title -> Text,
        note -> Text,
        book_id -> Nullable<BigInt>,
        minutes -> Integer,
        zone -> Text,
        host_id -> BigInt,
        opened_at -> Timestamp,
        closes_at -> Nullable<Timestamp>,
        last_at -> Timestamp,
        slots_count -> Integer,
        answers_count -> Integer,
        meeting_id -> Nullable<BigInt>,
        cancelled_reason -> Nullable<Text>,
    }
}

diesel::table! {
    slots (id) {
        id -> BigInt,
        date_poll_id -> BigInt,
        day -> Date,
        time -> Time,
        starts_at -> Timestamp,
        yes_count -> Integer,
        if_need_be_count -> Integer,
        no_count -> Integer,
        removed_reason -> Nullable<Text>,
    }
}

diesel::table! {
    slot_answers (slot_id, member_id) {
        slot_id -> BigInt,
        member_id -> BigInt,
        answer -> Text,
        answered_at -> Timestamp,
    }
}

diesel::table! {
    talks (meeting_id) {
        meeting_id -> BigInt,
        made_id -> BigInt,
        thread_id -> BigInt,
    }
}

diesel::table! {
    minutes (meeting_id) {
        meeting_id -> BigInt,
        post_id -> BigInt,
    }
}

diesel::table! {
    questions (id) {
        id -> BigInt,
        meeting_id -> BigInt,
        post_id -> Nullable<BigInt>,
        added_by -> Nullable<BigInt>,
        writer_id -> Nullable<BigInt>,
        markdown -> Text,
        html -> Text,
        reach_book_id -> Nullable<BigInt>,
        reach -> Nullable<Integer>,
        weight -> Integer,
        place -> Nullable<Integer>,
        off -> Bool,
        added_at -> Timestamp,
        hidden_reason -> Nullable<Text>,
    }
}

diesel::table! {
    wishes (question_id, member_id) {
        question_id -> BigInt,
        member_id -> BigInt,
    }
}

diesel::table! {
    attendances (meeting_id, member_id) {
        meeting_id -> BigInt,
        member_id -> BigInt,
    }
}

diesel::table! {
    turnouts (meeting_id) {
        meeting_id -> BigInt,
        members -> Integer,
        guests -> Integer,
    }
}

diesel::table! {
    plans (book_id) {
        book_id -> BigInt,
        meeting_id -> Nullable<BigInt>,
        ends_on -> Date,
        evenings -> Integer,
        weekdays -> Integer,
        off -> Bool,
        sequence -> Integer,
        uid -> Text,
        changed_at -> Timestamp,
    }
}

diesel::table! {
    plan_days (book_id, position) {
        book_id -> BigInt,
        position -> Integer,
        day -> Date,
    }
}

diesel::table! {
    book_polls (id) {
        id -> BigInt,
        title -> Text,
        proposals_each -> Integer,
        host_id -> BigInt,
        opened_at -> Timestamp,
        proposals_until -> Timestamp,
        ballots_until -> Timestamp,
        proposals_count -> Integer,
        cancelled_reason -> Nullable<Text>,
        ended_at -> Nullable<Timestamp>,
        ballots_count -> Integer,
        result -> Text,
        book_id -> Nullable<BigInt>,
        thread_id -> Nullable<BigInt>,
        is_next -> Bool,
    }
}

diesel::table! {
    proposals (id) {
        id -> BigInt,
        book_poll_id -> BigInt,
        member_id -> BigInt,
        book_id -> Nullable<BigInt>,
        title -> Text,
        authors -> Text,
        find_key -> Text,
        pitch -> Text,
        removed_reason -> Nullable<Text>,
        hidden_reason -> Nullable<Text>,
    }
}

diesel::table! {
    ballots (book_poll_id, member_id) {
        book_poll_id -> BigInt,
        member_id -> BigInt,
        ranking -> Text,
    }
}

diesel::table! {
    outbox (id) {
        id -> BigInt,
        kind -> Text,
        member_id -> Nullable<BigInt>,
        address -> Text,
        subject_id -> BigInt,
        detail -> Text,
        made_at -> Timestamp,
        useless_at -> Timestamp,
        due_at -> Timestamp,
        tries -> Integer,
        leased_until -> Nullable<Timestamp>,
        sent_at -> Nullable<Timestamp>,
        failed_at -> Nullable<Timestamp>,
        failure -> Nullable<Text>,
    }
}

diesel::table! {
    mail_links (token_hash) {
        token_hash -> Text,
        kind -> Text,
        member_id -> BigInt,
        address_key -> Text,
        until -> Timestamp,
    }
}

diesel::table! {
    reminder_choices (member_id) {
        member_id -> BigInt,
        week -> Bool,
        day -> Bool,
        hour -> Bool,
        by_mail -> Bool,
        on_site -> Bool,
        news -> Bool,
    }
}

diesel::table! {
    reminders (meeting_id, member_id, lead, starts_at) {
        meeting_id -> BigInt,
        member_id -> BigInt,
        lead -> Integer,
        starts_at -> Timestamp,
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
    quotes,
    revisions,
    meetings,
    calls,
    series,
    occurrences,
    rsvps,
    actions,
    watches,
    notices,
    reports,
    cases,
    undos,
    import_pages,
    notifications,
    guards,
    filters,
    held,
    partings,
    blocks,
    invitations,
    sanctions,
    notes,
    date_polls,
    slots,
    slot_answers,
    talks,
    minutes,
    questions,
    wishes,
    attendances,
    turnouts,
    plans,
    plan_days,
    book_polls,
    proposals,
    ballots,
    outbox,
    mail_links,
    reminder_choices,
    reminders,
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
diesel::joinable!(cases -> members (claimed_by));
diesel::joinable!(suitabilities -> members (member_id));
diesel::joinable!(meetings -> members (host_id));
diesel::joinable!(occurrences -> meetings (meeting_id));
diesel::joinable!(held -> members (member_id));
diesel::joinable!(blocks -> members (blocked_id));
diesel::joinable!(sanctions -> members (given_by));
diesel::joinable!(notes -> members (author_id));
diesel::joinable!(invitations -> members (made_by));
diesel::joinable!(date_polls -> books (book_id));
diesel::joinable!(date_polls -> members (host_id));
diesel::joinable!(slots -> date_polls (date_poll_id));
diesel::joinable!(slot_answers -> slots (slot_id));
diesel::joinable!(slot_answers -> members (member_id));
diesel::joinable!(attendances -> members (member_id));
diesel::joinable!(attendances -> meetings (meeting_id));
diesel::joinable!(turnouts -> meetings (meeting_id));
diesel::joinable!(plans -> books (book_id));
diesel::joinable!(book_polls -> books (book_id));
diesel::joinable!(book_polls -> members (host_id));
diesel::joinable!(proposals -> members (member_id));
diesel::joinable!(outbox -> members (member_id));
diesel::joinable!(reminders -> members (member_id));
diesel::joinable!(mail_links -> members (member_id));
