//! The tables as Diesel sees them: the same on both databases, in the order of `migrations/`.

// Core: the club, its members and rate limits

diesel::table! {
    club (id) {
        id -> BigInt,
        name -> Text,
        tagline -> Text,
        zone -> Text,
        visitors_can_read -> Bool,
        current_book_id -> Nullable<BigInt>,
        first_admin_hash -> Nullable<Text>,
        secret -> Text,
        version -> BigInt,
        hides_ratings -> Bool,
        accent_color -> Text,
        posts_per_hour -> Nullable<Integer>,
        threads_per_hour -> Nullable<Integer>,
        is_set_up -> Bool,
        mail_url -> Nullable<Text>,
        mail_password -> Nullable<Text>,
        mail_sender -> Nullable<Text>,
        welcome -> Text,
        welcome_html -> Text,
        rules -> Text,
        rules_html -> Text,
        registration -> Text,
        registration_question -> Text,
        attendance_unlocks -> Bool,
    }
}

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
        hides_spoilers -> Bool,
        state -> Text,
        silenced_until -> Nullable<Timestamp>,
        suspended_until -> Nullable<Timestamp>,
        unread_count -> Integer,
        pending_count -> Integer,
        blocks_count -> Integer,
        hidden_reason -> Nullable<Text>,
        upheld_count -> Integer,
        invitation_id -> Nullable<BigInt>,
        application_answer -> Text,
        approved_by -> Nullable<BigInt>,
        declined_reason -> Nullable<Text>,
        calendar_hash -> Nullable<Text>,
        shares_progress -> Bool,
        email_confirmed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    rate_limits (bucket) {
        bucket -> Text,
        started_at -> Timestamp,
        used -> Integer,
    }
}

// Accounts: sessions, invite links, email links, sanctions, blocks and staff notes

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
    invitations (id) {
        id -> BigInt,
        token_hash -> Text,
        note -> Text,
        max_uses -> Integer,
        uses -> Integer,
        created_by -> BigInt,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    email_links (token_hash) {
        token_hash -> Text,
        kind -> Text,
        member_id -> BigInt,
        address_key -> Text,
        expires_at -> Timestamp,
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
        expires_at -> Nullable<Timestamp>,
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
    staff_notes (id) {
        id -> BigInt,
        member_id -> BigInt,
        author_id -> BigInt,
        body -> Text,
        written_at -> Timestamp,
    }
}

// Library: books, their contents, bookmarks, ratings and what is said about a book

diesel::table! {
    books (id) {
        id -> BigInt,
        title -> Text,
        authors -> Text,
        lookup_key -> Text,
        first_published -> Nullable<Integer>,
        genres -> Text,
        chapters_count -> Integer,
        threads_count -> Integer,
        version -> BigInt,
        created_at -> Timestamp,
        paged_edition_id -> Nullable<BigInt>,
        age_rating_votes -> Integer,
        age_rating_years -> Integer,
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
        title_spoils -> Bool,
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
    bookmarks (member_id, book_id) {
        member_id -> BigInt,
        book_id -> BigInt,
        position -> Integer,
        moved_at -> Timestamp,
        hides_spoilers -> Bool,
        caught_up -> Integer,
        attended_position -> Nullable<Integer>,
        unlocked_position -> Integer,
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
    excerpts (id) {
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
    age_ratings (id) {
        id -> BigInt,
        book_id -> BigInt,
        source_id -> Nullable<BigInt>,
        byline -> Text,
        years -> Integer,
        member_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    content_warnings (id) {
        id -> BigInt,
        book_id -> BigInt,
        label -> Text,
        markdown -> Text,
        html -> Text,
        reach -> Nullable<Integer>,
        author_id -> Nullable<BigInt>,
        written_at -> Timestamp,
        state -> Text,
        hidden_reason -> Nullable<Text>,
    }
}

// Forum: threads, posts and what belongs to them

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
        requires_approval -> Bool,
        also_book_id -> Nullable<BigInt>,
        also_reach -> Nullable<Integer>,
        title_also_book_id -> Nullable<BigInt>,
        title_also_reach -> Nullable<Integer>,
        pinned_until -> Nullable<Timestamp>,
        merged_into -> Nullable<BigInt>,
        title_author_id -> Nullable<BigInt>,
        visible -> Bool,
    }
}

diesel::table! {
    moved_posts (into_id, after_id) {
        into_id -> BigInt,
        after_id -> BigInt,
        from_id -> BigInt,
        count -> Integer,
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
    quotes (post_id, quoted_id) {
        post_id -> BigInt,
        quoted_id -> BigInt,
    }
}

diesel::table! {
    watches (member_id, thread_id, post_id) {
        member_id -> BigInt,
        thread_id -> BigInt,
        post_id -> BigInt,
        created_at -> Timestamp,
    }
}

// Events: meetings, series, RSVPs, reminders, agendas, attendance and reading plans

diesel::table! {
    meetings (id) {
        id -> BigInt,
        uid -> Text,
        title -> Text,
        book_id -> Nullable<BigInt>,
        day -> Date,
        time -> Nullable<Time>,
        duration_minutes -> Nullable<Integer>,
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
        author_id -> Nullable<BigInt>,
        cancelled_reason -> Nullable<Text>,
        sequence -> Integer,
        yes_count -> Integer,
        no_count -> Integer,
        maybe_count -> Integer,
        created_at -> Timestamp,
        hidden_reason -> Nullable<Text>,
        changed_at -> Timestamp,
        capacity -> Nullable<Integer>,
        guests_allowed -> Integer,
        rsvp_until -> Nullable<Timestamp>,
        waitlist_count -> Integer,
    }
}

diesel::table! {
    video_links (meeting_id) {
        meeting_id -> BigInt,
        address -> Text,
        audience -> Text,
    }
}

diesel::table! {
    series (id) {
        id -> BigInt,
        freq -> Text,
        interval -> Integer,
        by_weekday -> Integer,
        skipped_months -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    occurrences (meeting_id) {
        meeting_id -> BigInt,
        series_id -> BigInt,
        scheduled_day -> Date,
        is_exception -> Bool,
        interval -> Integer,
        by_weekday -> Integer,
    }
}

diesel::table! {
    meeting_changes (meeting_id) {
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
        waitlisted -> Bool,
    }
}

diesel::table! {
    reminder_choices (member_id) {
        member_id -> BigInt,
        week -> Bool,
        day -> Bool,
        hour -> Bool,
        by_email -> Bool,
        on_site -> Bool,
        meeting_updates -> Bool,
    }
}

diesel::table! {
    reminders (meeting_id, member_id, lead, starts_at) {
        meeting_id -> BigInt,
        member_id -> BigInt,
        lead -> Integer,
        starts_at -> Timestamp,
        created_at -> Timestamp,
    }
}

diesel::table! {
    meeting_threads (meeting_id) {
        meeting_id -> BigInt,
        original_thread_id -> BigInt,
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
    agenda_items (id) {
        id -> BigInt,
        meeting_id -> BigInt,
        post_id -> Nullable<BigInt>,
        added_by -> Nullable<BigInt>,
        author_id -> Nullable<BigInt>,
        markdown -> Text,
        html -> Text,
        reach_book_id -> Nullable<BigInt>,
        reach -> Nullable<Integer>,
        votes_count -> Integer,
        sort_order -> Nullable<Integer>,
        removed -> Bool,
        added_at -> Timestamp,
        hidden_reason -> Nullable<Text>,
    }
}

diesel::table! {
    agenda_votes (item_id, member_id) {
        item_id -> BigInt,
        member_id -> BigInt,
    }
}

diesel::table! {
    attendance (meeting_id, member_id) {
        meeting_id -> BigInt,
        member_id -> BigInt,
    }
}

diesel::table! {
    attendance_counts (meeting_id) {
        meeting_id -> BigInt,
        members_count -> Integer,
        guests_count -> Integer,
    }
}

diesel::table! {
    reading_plans (book_id) {
        book_id -> BigInt,
        meeting_id -> Nullable<BigInt>,
        ends_on -> Date,
        days_per_week -> Integer,
        weekdays -> Integer,
        removed -> Bool,
        sequence -> Integer,
        uid -> Text,
        changed_at -> Timestamp,
    }
}

diesel::table! {
    reading_plan_days (book_id, position) {
        book_id -> BigInt,
        position -> Integer,
        day -> Date,
    }
}

// Polls: when to meet, and what to read

diesel::table! {
    date_polls (id) {
        id -> BigInt,
        title -> Text,
        note -> Text,
        book_id -> Nullable<BigInt>,
        duration_minutes -> Integer,
        zone -> Text,
        host_id -> BigInt,
        opened_at -> Timestamp,
        closes_at -> Nullable<Timestamp>,
        last_slot_at -> Timestamp,
        slots_count -> Integer,
        answers_count -> Integer,
        meeting_id -> Nullable<BigInt>,
        cancelled_reason -> Nullable<Text>,
    }
}

diesel::table! {
    date_poll_slots (id) {
        id -> BigInt,
        date_poll_id -> BigInt,
        day -> Date,
        time -> Time,
        starts_at -> Timestamp,
        yes_count -> Integer,
        if_needed_count -> Integer,
        no_count -> Integer,
        removed_reason -> Nullable<Text>,
    }
}

diesel::table! {
    date_poll_answers (slot_id, member_id) {
        slot_id -> BigInt,
        member_id -> BigInt,
        answer -> Text,
        answered_at -> Timestamp,
    }
}

diesel::table! {
    book_polls (id) {
        id -> BigInt,
        title -> Text,
        suggestions_per_member -> Integer,
        host_id -> BigInt,
        opened_at -> Timestamp,
        suggestions_until -> Timestamp,
        ballots_until -> Timestamp,
        suggestions_count -> Integer,
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
    book_suggestions (id) {
        id -> BigInt,
        book_poll_id -> BigInt,
        member_id -> BigInt,
        book_id -> Nullable<BigInt>,
        title -> Text,
        authors -> Text,
        lookup_key -> Text,
        pitch -> Text,
        removed_reason -> Nullable<Text>,
        hidden_reason -> Nullable<Text>,
    }
}

diesel::table! {
    book_ballots (book_poll_id, member_id) {
        book_poll_id -> BigInt,
        member_id -> BigInt,
        ranking -> Text,
    }
}

// Moderation: reports, the approval queue and preset reasons

diesel::table! {
    report_cases (id) {
        id -> BigInt,
        subject -> Text,
        subject_id -> BigInt,
        author_id -> Nullable<BigInt>,
        state -> Text,
        position -> Nullable<Integer>,
        position_before -> Nullable<Integer>,
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
        decided_by -> Nullable<BigInt>,
        decided_at -> Nullable<Timestamp>,
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
        note -> Text,
        state -> Text,
        reported_at -> Timestamp,
    }
}

diesel::table! {
    pending_posts (id) {
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
        cause -> Text,
        created_at -> Timestamp,
        state -> Text,
        decided_by -> Nullable<BigInt>,
        decided_at -> Nullable<Timestamp>,
        reason -> Text,
        post_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    preset_reasons (id) {
        id -> BigInt,
        words -> Text,
    }
}

// Safety: limits and rules for posts, the moderation log, notifications and emails

diesel::table! {
    new_member_limits (id) {
        id -> BigInt,
        new_days -> Integer,
        new_posts -> Integer,
        max_links -> Nullable<Integer>,
        max_mentions -> Nullable<Integer>,
        threads_per_hour -> Nullable<Integer>,
        posts_per_hour -> Nullable<Integer>,
        approve_first -> Integer,
        version -> BigInt,
    }
}

diesel::table! {
    post_rules (id) {
        id -> BigInt,
        kind -> Text,
        pattern -> Text,
        action -> Text,
        note -> Text,
        removed -> Bool,
        created_at -> Timestamp,
    }
}

diesel::table! {
    log_entries (id) {
        id -> BigInt,
        acted_at -> Timestamp,
        actor_id -> Nullable<BigInt>,
        acting_role -> Text,
        kind -> Text,
        data -> Text,
        subject -> Text,
        subject_id -> BigInt,
        member_id -> Nullable<BigInt>,
        reason -> Text,
        undoes -> Nullable<BigInt>,
    }
}

diesel::table! {
    reversals (log_entry_id) {
        log_entry_id -> BigInt,
        name -> Text,
        topic -> Text,
        data -> Text,
    }
}

diesel::table! {
    notifications (id) {
        id -> BigInt,
        member_id -> BigInt,
        kind -> Text,
        data -> Text,
        subject -> Text,
        subject_id -> BigInt,
        reason -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    queued_emails (id) {
        id -> BigInt,
        kind -> Text,
        member_id -> Nullable<BigInt>,
        address -> Text,
        subject_id -> BigInt,
        detail -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        due_at -> Timestamp,
        attempts -> Integer,
        leased_until -> Nullable<Timestamp>,
        sent_at -> Nullable<Timestamp>,
        failed_at -> Nullable<Timestamp>,
        failure -> Nullable<Text>,
    }
}

// Site: imports

diesel::table! {
    uploads (id) {
        id -> BigInt,
        member_id -> BigInt,
        file -> Text,
        created_at -> Timestamp,
        bytes -> Binary,
    }
}

diesel::table! {
    import_pages (digest) {
        digest -> Text,
        page -> Text,
        stored_at -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    club,
    members,
    rate_limits,
    sessions,
    invitations,
    email_links,
    sanctions,
    blocks,
    staff_notes,
    books,
    editions,
    chapters,
    sources,
    bookmarks,
    ratings,
    rating_counts,
    excerpts,
    age_ratings,
    content_warnings,
    threads,
    moved_posts,
    posts,
    revisions,
    quotes,
    watches,
    meetings,
    video_links,
    series,
    occurrences,
    rsvps,
    reminder_choices,
    reminders,
    meeting_threads,
    minutes,
    agenda_items,
    agenda_votes,
    attendance,
    attendance_counts,
    reading_plans,
    reading_plan_days,
    date_polls,
    date_poll_slots,
    date_poll_answers,
    book_polls,
    book_suggestions,
    book_ballots,
    report_cases,
    reports,
    pending_posts,
    new_member_limits,
    post_rules,
    log_entries,
    reversals,
    notifications,
    queued_emails,
    import_pages,
);

diesel::joinable!(sessions -> members (member_id));
diesel::joinable!(sanctions -> members (given_by));
diesel::joinable!(blocks -> members (blocked_id));
diesel::joinable!(staff_notes -> members (author_id));
diesel::joinable!(ratings -> sources (source_id));
diesel::joinable!(excerpts -> sources (source_id));
diesel::joinable!(content_warnings -> members (author_id));
diesel::joinable!(threads -> books (book_id));
diesel::joinable!(threads -> members (author_id));
diesel::joinable!(posts -> members (author_id));
diesel::joinable!(meetings -> books (book_id));
diesel::joinable!(meetings -> members (host_id));
diesel::joinable!(occurrences -> meetings (meeting_id));
diesel::joinable!(rsvps -> members (member_id));
diesel::joinable!(reminders -> members (member_id));
diesel::joinable!(attendance -> members (member_id));
diesel::joinable!(attendance -> meetings (meeting_id));
diesel::joinable!(attendance_counts -> meetings (meeting_id));
diesel::joinable!(reading_plans -> books (book_id));
diesel::joinable!(date_polls -> books (book_id));
diesel::joinable!(date_polls -> members (host_id));
diesel::joinable!(date_poll_answers -> date_poll_slots (slot_id));
diesel::joinable!(date_poll_answers -> members (member_id));
diesel::joinable!(book_polls -> books (book_id));
diesel::joinable!(book_polls -> members (host_id));
diesel::joinable!(book_suggestions -> members (member_id));
diesel::joinable!(report_cases -> members (claimed_by));
diesel::joinable!(pending_posts -> members (member_id));
diesel::joinable!(log_entries -> members (actor_id));
diesel::joinable!(queued_emails -> members (member_id));
