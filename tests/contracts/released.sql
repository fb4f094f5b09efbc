-- A database as release 0.1 leaves it behind: every table has rows. Read by
-- test_migrations.py on both databases; instants are UTC. It stays as it is.

INSERT INTO agreement
  (id, pair, version, terms, state, author, accepted_by, in_force_at)
VALUES
  ('a1', 'ada-bob', 1, '{"cadence": {"unit": "week", "every": 2}, "minutes": 45, "first_day": "2026-03-02", "last_day": "2026-08-31", "mentor_hours": {"windows": [{"weekday": 0, "opens": 540, "closes": 1020}, {"weekday": 1, "opens": 540, "closes": 1020}, {"weekday": 2, "opens": 540, "closes": 1020}, {"weekday": 3, "opens": 540, "closes": 1020}, {"weekday": 4, "opens": 540, "closes": 1020}]}, "mentee_hours": {"windows": [{"weekday": 0, "opens": 540, "closes": 1020}, {"weekday": 1, "opens": 540, "closes": 1020}, {"weekday": 2, "opens": 540, "closes": 1020}, {"weekday": 3, "opens": 540, "closes": 1020}, {"weekday": 4, "opens": 540, "closes": 1020}]}, "notice_hours": 24, "book_without_asking": true, "agenda_in_event": true}', 'replaced', NULL, '["bob", "ada"]', '2026-02-23 09:00:00.123456');
INSERT INTO agreement
  (id, pair, version, terms, state, author, accepted_by, in_force_at)
VALUES
  ('a2', 'ada-bob', 2, '{"cadence": {"unit": "week", "every": 2}, "minutes": 45, "first_day": "2026-03-02", "last_day": "2026-08-31", "mentor_hours": {"windows": [{"weekday": 0, "opens": 540, "closes": 1020}, {"weekday": 1, "opens": 540, "closes": 1020}, {"weekday": 2, "opens": 540, "closes": 1020}, {"weekday": 3, "opens": 540, "closes": 1020}, {"weekday": 4, "opens": 540, "closes": 1020}]}, "mentee_hours": {"windows": [{"weekday": 0, "opens": 540, "closes": 1020}, {"weekday": 1, "opens": 540, "closes": 1020}, {"weekday": 2, "opens": 540, "closes": 1020}, {"weekday": 3, "opens": 540, "closes": 1020}, {"weekday": 4, "opens": 540, "closes": 1020}]}, "notice_hours": 48, "book_without_asking": true, "agenda_in_event": true}', 'in force', 'ada', '["bob", "ada"]', '2026-03-02 09:00:00.123456');
INSERT INTO agreement
  (id, pair, version, terms, state, author, accepted_by, in_force_at)
VALUES
  ('a3', 'ada-bob', 3, '{"cadence": {"unit": "month", "every": 1}, "minutes": 45, "first_day": "2026-03-02", "last_day": "2026-08-31", "mentor_hours": {"windows": [{"weekday": 0, "opens": 540, "closes": 1020}, {"weekday": 1, "opens": 540, "closes": 1020}, {"weekday": 2, "opens": 540, "closes": 1020}, {"weekday": 3, "opens": 540, "closes": 1020}, {"weekday": 4, "opens": 540, "closes": 1020}]}, "mentee_hours": {"windows": [{"weekday": 0, "opens": 540, "closes": 1020}, {"weekday": 1, "opens": 540, "closes": 1020}, {"weekday": 2, "opens": 540, "closes": 1020}, {"weekday": 3, "opens": 540, "closes": 1020}, {"weekday": 4, "opens": 540, "closes": 1020}]}, "notice_hours": 24, "book_without_asking": true, "agenda_in_event": true}', 'proposed', 'bob', '["bob"]', NULL);

INSERT INTO audit
  (at, programme, actor, act, about, cause)
VALUES
  ('2026-03-02 09:00:00.123456', 'hafen', 'operator', 'sign-in link', 'ada', '');
INSERT INTO audit
  (at, programme, actor, act, about, cause)
VALUES
  ('2026-03-02 10:00:00.123456', NULL, 'troth', 'mail ignored', 'm1', 'E_UID');

INSERT INTO calendar
  (id, person, kind, sealed, label, written, health, trouble, cursor, read_at, failing_since, horizon, doubted_at)
VALUES
  ('c1', 'ada', 'caldav', 'gAAAAABrBefqvw91N2-Heq9GAaD6kO9gD4mQoJBjfP_9xOw7IAX15xdIqjwrOw4hKuT-lKxI-ruCgC6ZBN7qyw3rUQDzSTEGOiv9t3JRW29nTQVGRoEObjNb8pZySQmnyf6kwS5lBrLbKfl01Tx6B_h2j7Jxmy1zVFKimiAQ8eCbGzQx1TUeThYwolgHUcunonvxEjyv5X-8', 'Work', TRUE, 'good', '', '{"window": {"start": "2026-03-02T09:00:00.123456Z", "end": "2026-03-09T09:00:00.123456Z"}, "token": "token-1"}', '2026-03-02 09:00:00.123456', NULL, NULL, NULL);
INSERT INTO calendar
  (id, person, kind, sealed, label, written, health, trouble, cursor, read_at, failing_since, horizon, doubted_at)
VALUES
  ('c2', 'bob', 'ics', 'gAAAAABrBefq91TgVd_aOtz0fQMrpjepu_UV_MbSlcUqYkGu9cK8Bvj6o0iXvZvs-Xvk5uUzNkryQk2wdll81aULDGHEq55R-p-kCmuOI69ezaBn7hwudV26eKD31U-Uq0eaOdqJk24aYyMyfZPhxfXcrdwx3SnghAKex35S86jK7o1M-pT2p4M=', 'Feed', FALSE, 'failing', 'unavailable', NULL, NULL, '2026-03-02 09:00:00.123456', '2026-03-09 09:00:00.123456', '2026-03-02 09:00:00.123456');

INSERT INTO choice
  (person, fewer)
VALUES
  ('ada', '["agenda"]');

INSERT INTO copy
  (person, uid, route, state, calendar, remote_id, etag, generation, sequence, partstat, missed_at, written_at, whole_object)
VALUES
  ('ada', 'u1@hafen.example', 'written', 'there', 'c1', 'r1', 'e1', 1, 2, '', NULL, '2026-03-02 09:00:00.123456', FALSE);
INSERT INTO copy
  (person, uid, route, state, calendar, remote_id, etag, generation, sequence, partstat, missed_at, written_at, whole_object)
VALUES
  ('bob', 'u1@hafen.example', 'imip', 'there', NULL, NULL, NULL, 0, 2, 'ACCEPTED', NULL, NULL, TRUE);

INSERT INTO evidence
  (id, pair, about, kind, at, seen_at, source, by, detail)
VALUES
  ('e1', 'ada-bob', 's1/20260303T140000Z/0', 'booked', '2026-03-02 09:00:00.123456', '2026-03-02 09:00:00.123456', 'troth', NULL, '20260303T140000Z');
INSERT INTO evidence
  (id, pair, about, kind, at, seen_at, source, by, detail)
VALUES
  ('e2', 'ada-bob', 's1/20260303T140000Z/0', 'said met', '2026-03-03 15:00:00.000000', '2026-03-03 16:00:00.000000', 'page', 'ada', '');
INSERT INTO evidence
  (id, pair, about, kind, at, seen_at, source, by, detail)
VALUES
  ('e3', 'ada-bob', 's1/20260317T140000Z/0', 'cancelled', '2026-03-02 10:00:00.123456', '2026-03-02 11:00:00.123456', 'caldav', 'bob', '');
INSERT INTO evidence
  (id, pair, about, kind, at, seen_at, source, by, detail)
VALUES
  ('e4', 'ada-bob', 's1/20260317T140000Z/0', 'replaced by', '2026-03-02 12:00:00.123456', '2026-03-02 12:00:00.123456', 'page', NULL, 's1/20260317T140000Z/1');

INSERT INTO inbox
  (mail, outcome, at)
VALUES
  ('<m1@a.example>', 'ignored', '2026-03-02 09:00:00.123456');

INSERT INTO ledger
  (series, period, pair, starts, ends, state, opened_at, told_at)
VALUES
  ('s1', 1, 'ada-bob', '2026-03-17 14:00:00.000000', '2026-03-31 14:00:00.000000', 'booked', '2026-03-02 09:00:00.123456', NULL);
INSERT INTO ledger
  (series, period, pair, starts, ends, state, opened_at, told_at)
VALUES
  ('s1', 2, 'ada-bob', '2026-03-31 14:00:00.000000', '2026-04-14 14:00:00.000000', 'owed', '2026-03-02 09:00:00.123456', '2026-03-02 09:00:00.123456');

INSERT INTO link
  (id, purpose, programme, person, about, expires_at, pair, uses, single, revoked)
VALUES
  ('l-agenda', 'agenda', 'hafen', NULL, '', '2026-03-09 09:00:00.123456', 'ada-bob', 1, FALSE, FALSE);
INSERT INTO link
  (id, purpose, programme, person, about, expires_at, pair, uses, single, revoked)
VALUES
  ('l-agree', 'agree', 'hafen', 'ada', '', '2026-03-09 09:00:00.123456', 'ada-bob', 1, FALSE, FALSE);
INSERT INTO link
  (id, purpose, programme, person, about, expires_at, pair, uses, single, revoked)
VALUES
  ('l-ask', 'ask', 'hafen', 'ada', '', '2026-03-09 09:00:00.123456', 'ada-bob', 1, FALSE, FALSE);
INSERT INTO link
  (id, purpose, programme, person, about, expires_at, pair, uses, single, revoked)
VALUES
  ('l-choose', 'choose', 'hafen', 'ada', '', '2026-03-09 09:00:00.123456', 'ada-bob', 1, FALSE, FALSE);
INSERT INTO link
  (id, purpose, programme, person, about, expires_at, pair, uses, single, revoked)
VALUES
  ('l-connect', 'connect', 'hafen', 'ada', '', '2026-03-09 09:00:00.123456', 'ada-bob', 1, FALSE, FALSE);
INSERT INTO link
  (id, purpose, programme, person, about, expires_at, pair, uses, single, revoked)
VALUES
  ('l-fewer', 'fewer', 'hafen', 'ada', '', '2026-03-09 09:00:00.123456', 'ada-bob', 1, FALSE, FALSE);
INSERT INTO link
  (id, purpose, programme, person, about, expires_at, pair, uses, single, revoked)
VALUES
  ('l-met', 'met', 'hafen', 'ada', 's1/20260303T140000Z/0', '2026-03-09 09:00:00.123456', 'ada-bob', 1, FALSE, FALSE);
INSERT INTO link
  (id, purpose, programme, person, about, expires_at, pair, uses, single, revoked)
VALUES
  ('l-pages', 'pages', 'hafen', 'ada', '', '2026-03-09 09:00:00.123456', 'ada-bob', 1, FALSE, FALSE);
INSERT INTO link
  (id, purpose, programme, person, about, expires_at, pair, uses, single, revoked)
VALUES
  ('l-sign-in', 'sign-in', 'hafen', NULL, '', '2026-03-09 09:00:00.123456', NULL, 1, TRUE, FALSE);
INSERT INTO link
  (id, purpose, programme, person, about, expires_at, pair, uses, single, revoked)
VALUES
  ('l-undo', 'undo', 'hafen', 'ada', '', '2026-03-09 09:00:00.123456', 'ada-bob', 1, FALSE, TRUE);

INSERT INTO offer
  (id, pair, about, kind, times, checked_at, state, chosen, chosen_by)
VALUES
  ('o1', 'ada-bob', '{"series": "s1", "original_start": "2026-03-17T14:00:00Z", "n": 0}', 'replace', '[{"start": "2026-03-03T14:00:00Z", "end": "2026-03-03T14:45:00Z"}, {"start": "2026-03-10T14:00:00Z", "end": "2026-03-10T15:00:00Z"}]', '2026-03-02 09:00:00.123456', 'taken', '{"start": "2026-03-03T14:00:00Z", "end": "2026-03-03T14:45:00Z"}', 'ada');

INSERT INTO outbox
  (id, key, programme, pair, effect, due_at, chain, until, state, attempts, first_tried_at, trouble)
VALUES
  ('x0', 'fell-out/s1/ada/2', 'hafen', 'ada-bob', '{"tag": "send letter", "effect": {"letter": {"kind": "fell-out", "to": "ada", "pair": "ada-bob", "facts": {"meeting": {"start": "2026-03-03T14:00:00Z", "end": "2026-03-03T14:45:00Z"}, "times": [{"start": "2026-03-03T14:00:00Z", "end": "2026-03-03T14:45:00Z"}], "row": [{"mark": "\u25cf", "days": {"start": "2026-03-03T14:00:00Z", "end": "2026-03-03T14:45:00Z"}, "is_next": false}, {"mark": "\u00b7", "days": {"start": "2026-03-10T14:00:00Z", "end": "2026-03-17T14:00:00Z"}, "is_next": true}], "next": {"start": "2026-03-03T14:00:00Z", "end": "2026-03-03T14:45:00Z"}, "counts": [["due", 3], ["kept", 2]], "window": {"start": "2026-03-02T09:00:00.123456Z", "end": "2026-03-09T09:00:00.123456Z"}, "moved": [{"start": "2026-03-03T14:00:00Z", "end": "2026-03-03T14:45:00Z"}], "unplaced": 1, "agenda": "# Agenda", "checked_at": "2026-03-02T09:00:00.123456Z", "words": "words"}, "about": {"series": "s1", "original_start": "2026-03-03T14:00:00Z", "n": 0}, "offer": "o1", "address": ""}}}', '2026-03-02 09:00:00.123456', '', '2026-03-09 09:00:00.123456', 'waiting', 0, NULL, '');
INSERT INTO outbox
  (id, key, programme, pair, effect, due_at, chain, until, state, attempts, first_tried_at, trouble)
VALUES
  ('x1', 'sign-in/s1/ada/2', 'hafen', NULL, '{"tag": "send letter", "effect": {"letter": {"kind": "sign-in", "to": null, "pair": null, "facts": {"meeting": null, "times": [], "row": [], "next": null, "counts": [], "window": null, "moved": [], "unplaced": 0, "agenda": "", "checked_at": null, "words": ""}, "about": null, "offer": null, "address": "amal@hafen.example"}}}', '2026-03-02 09:00:00.123456', '', NULL, 'done', 1, '2026-03-02 09:00:00.123456', '');
INSERT INTO outbox
  (id, key, programme, pair, effect, due_at, chain, until, state, attempts, first_tried_at, trouble)
VALUES
  ('x2', 'invite/s1/ada/2', 'hafen', 'ada-bob', '{"tag": "send invite", "effect": {"to": "bob", "invite": {"uid": "u1@hafen.example", "sequence": 2, "stamp": "2026-03-02T09:00:00Z", "zone": "Europe/Berlin", "span": {"start": "2026-03-03T14:00:00Z", "end": "2026-03-03T14:45:00Z"}, "summary": "Ada and Bob", "method": "REQUEST", "description": "words", "location": "", "url": "https://hafen.example/p/agenda/x", "rrule": "FREQ=WEEKLY;INTERVAL=2;COUNT=4", "recurrence_id": null, "exdates": ["2026-03-31T14:00:00Z"], "overrides": [{"original_start": "2026-03-17T14:00:00Z", "span": {"start": "2026-03-18T14:00:00Z", "end": "2026-03-18T15:00:00Z"}, "description": null}], "organizer": {"email": "troth@hafen.example", "name": "Troth", "rsvp": false, "partstat": "NEEDS-ACTION"}, "attendees": [{"email": "bob@b.example", "name": "Bob Aydin", "rsvp": true, "partstat": "NEEDS-ACTION"}], "attachments": []}}}', '2026-03-02 09:00:00.123456', 'ada/u1', NULL, 'done', 2, '2026-03-02 09:00:00.123456', '');
INSERT INTO outbox
  (id, key, programme, pair, effect, due_at, chain, until, state, attempts, first_tried_at, trouble)
VALUES
  ('x3', 'put/s1/ada/2', 'hafen', 'ada-bob', '{"tag": "put copy", "effect": {"person": "ada", "calendar": "c1", "invite": {"uid": "u1@hafen.example", "sequence": 2, "stamp": "2026-03-02T09:00:00Z", "zone": "Europe/Berlin", "span": {"start": "2026-03-03T14:00:00Z", "end": "2026-03-03T14:45:00Z"}, "summary": "Ada and Bob", "method": "", "description": "words", "location": "", "url": "https://hafen.example/p/agenda/x", "rrule": "FREQ=WEEKLY;INTERVAL=2;COUNT=4", "recurrence_id": null, "exdates": ["2026-03-31T14:00:00Z"], "overrides": [{"original_start": "2026-03-17T14:00:00Z", "span": {"start": "2026-03-18T14:00:00Z", "end": "2026-03-18T15:00:00Z"}, "description": null}], "organizer": null, "attendees": [], "attachments": []}}}', '2026-03-02 09:00:00.123456', 'ada/u1', NULL, 'done', 3, '2026-03-02 09:00:00.123456', '');
INSERT INTO outbox
  (id, key, programme, pair, effect, due_at, chain, until, state, attempts, first_tried_at, trouble)
VALUES
  ('x4', 'move/s1/ada/2', 'hafen', 'ada-bob', '{"tag": "move in copy", "effect": {"person": "ada", "calendar": "c1", "uid": "u1@hafen.example", "original_start": "2026-03-03T14:00:00Z", "span": {"start": "2026-03-03T14:00:00Z", "end": "2026-03-03T14:45:00Z"}, "sequence": 3, "stamp": "2026-03-02T09:00:00.123456Z", "was": {"start": "2026-03-03T14:00:00Z", "end": "2026-03-03T14:45:00Z"}}}', '2026-03-02 09:00:00.123456', 'ada/u1', NULL, 'dropped', 4, '2026-03-02 09:00:00.123456', '');
INSERT INTO outbox
  (id, key, programme, pair, effect, due_at, chain, until, state, attempts, first_tried_at, trouble)
VALUES
  ('x5', 'out/s1/ada/2', 'hafen', 'ada-bob', '{"tag": "take out of copy", "effect": {"person": "ada", "calendar": "c1", "uid": "u1@hafen.example", "original_start": "2026-03-03T14:00:00Z", "sequence": 3, "stamp": "2026-03-02T09:00:00.123456Z"}}', '2026-03-02 09:00:00.123456', 'ada/u1', NULL, 'dead', 5, '2026-03-02 09:00:00.123456', 'E_SMTP');
INSERT INTO outbox
  (id, key, programme, pair, effect, due_at, chain, until, state, attempts, first_tried_at, trouble)
VALUES
  ('x6', 'shorten/s1/ada/2', 'hafen', 'ada-bob', '{"tag": "shorten copy", "effect": {"person": "ada", "calendar": "c1", "uid": "u1@hafen.example", "before": "2026-03-03T14:00:00Z", "sequence": 3, "stamp": "2026-03-02T09:00:00.123456Z"}}', '2026-03-02 09:00:00.123456', 'ada/u1', NULL, 'waiting', 6, '2026-03-02 09:00:00.123456', '');
INSERT INTO outbox
  (id, key, programme, pair, effect, due_at, chain, until, state, attempts, first_tried_at, trouble)
VALUES
  ('x7', 'remove/s1/ada/2', 'hafen', 'ada-bob', '{"tag": "remove copy", "effect": {"person": "ada", "calendar": "c1", "uid": "u1@hafen.example"}}', '2026-03-02 09:00:00.123456', 'ada/u1', NULL, 'waiting', 7, '2026-03-02 09:00:00.123456', '');

INSERT INTO pair
  (id, programme, mentor, mentee, closed)
VALUES
  ('ada-bob', 'hafen', 'ada', 'bob', NULL);
INSERT INTO pair
  (id, programme, mentor, mentee, closed)
VALUES
  ('old', 'hafen', 'ada', 'cy', '2026-01-31');

INSERT INTO person
  (id, programme, name, email, email_key, zone, hours, language, country, quiet_days, bounced_at)
VALUES
  ('ada', 'hafen', 'Ada Marchetti', 'Ada@a.example', 'ada@a.example', 'Europe/Berlin', '{"windows": [{"weekday": 0, "opens": 540, "closes": 720}, {"weekday": 1, "opens": 540, "closes": 720}, {"weekday": 2, "opens": 540, "closes": 720}, {"weekday": 3, "opens": 540, "closes": 720}, {"weekday": 4, "opens": 540, "closes": 720}]}', 'en', 'DE-BY', '[5, 6]', NULL);
INSERT INTO person
  (id, programme, name, email, email_key, zone, hours, language, country, quiet_days, bounced_at)
VALUES
  ('bob', 'hafen', 'Bob Aydin', 'bob@b.example', 'bob@b.example', 'America/New_York', '{"windows": [{"weekday": 0, "opens": 540, "closes": 1020}, {"weekday": 1, "opens": 540, "closes": 1020}, {"weekday": 2, "opens": 540, "closes": 1020}, {"weekday": 3, "opens": 540, "closes": 1020}, {"weekday": 4, "opens": 540, "closes": 1020}]}', 'en', '', '[]', '2026-03-02 09:00:00.123456');
INSERT INTO person
  (id, programme, name, email, email_key, zone, hours, language, country, quiet_days, bounced_at)
VALUES
  ('cy', 'hafen', 'Cy', 'cy@c.example', 'cy@c.example', 'UTC', '{"windows": [{"weekday": 0, "opens": 540, "closes": 1020}, {"weekday": 1, "opens": 540, "closes": 1020}, {"weekday": 2, "opens": 540, "closes": 1020}, {"weekday": 3, "opens": 540, "closes": 1020}, {"weekday": 4, "opens": 540, "closes": 1020}]}', 'en', '', '[]', NULL);

INSERT INTO programme
  (id, name, coordinator, zone, template, language)
VALUES
  ('hafen', 'Hafen', 'amal@hafen.example', 'Europe/Berlin', '{"cadence": {"unit": "week", "every": 2}, "minutes": 45, "weeks": 26, "hours": {"windows": [{"weekday": 0, "opens": 540, "closes": 1020}, {"weekday": 1, "opens": 540, "closes": 1020}, {"weekday": 2, "opens": 540, "closes": 1020}, {"weekday": 3, "opens": 540, "closes": 1020}, {"weekday": 4, "opens": 540, "closes": 1020}]}, "notice_hours": 24, "book_without_asking": false}', 'en');

INSERT INTO repeat
  (scope, key, digest, status, body, at)
VALUES
  ('scope', 'key', 'digest', 201, '{"id": "p"}', '2026-03-02 09:00:00.123456');

INSERT INTO series
  (id, pair, agreement, uid, zone, anchor, minutes, cadence, rrule, first, periods, state)
VALUES
  ('s1', 'ada-bob', 'a2', 'u1@hafen.example', 'Europe/Berlin', 'ada', 45, '{"unit": "week", "every": 2}', 'FREQ=WEEKLY;INTERVAL=2;COUNT=4', '2026-03-03 14:00:00.000000', '[{"index": 0, "first": "2026-03-02", "until": "2026-03-16"}, {"index": 1, "first": "2026-03-16", "until": "2026-03-30"}, {"index": 2, "first": "2026-03-30", "until": "2026-04-13"}, {"index": 3, "first": "2026-04-13", "until": "2026-04-27"}]', 'live');

INSERT INTO session
  (digest, scope, programme, person, csrf, made_at, seen_at, about, pair)
VALUES
  ('d1', 'person', 'hafen', 'ada', 'csrf', '2026-03-02 09:00:00.123456', '2026-03-02 09:00:00.123456', 'about', 'ada-bob');
INSERT INTO session
  (digest, scope, programme, person, csrf, made_at, seen_at, about, pair)
VALUES
  ('d2', 'programme', 'hafen', NULL, 'csrf', '2026-03-02 09:00:00.123456', '2026-03-02 09:00:00.123456', '', NULL);

INSERT INTO token
  (digest, scope, programme, person, label, made_at, expires_at)
VALUES
  ('d3', 'person', 'hafen', 'bob', 'my laptop', '2026-03-02 09:00:00.123456', '2027-02-15 09:00:00.123456');
INSERT INTO token
  (digest, scope, programme, person, label, made_at, expires_at)
VALUES
  ('d4', 'programme', 'hafen', NULL, 'report', '2026-03-02 09:00:00.123456', '2027-02-15 09:00:00.123456');

INSERT INTO topic
  (id, pair, by, text, added_at, shared, done_at)
VALUES
  ('t1', 'ada-bob', 'ada', 'How to say no', '2026-03-02 09:00:00.123456', TRUE, NULL);
INSERT INTO topic
  (id, pair, by, text, added_at, shared, done_at)
VALUES
  ('t2', 'ada-bob', 'bob', 'Only for me', '2026-03-02 09:00:00.123456', FALSE, '2026-03-02 10:00:00.123456');

INSERT INTO work
  (id, kind, subject, due_at, open_at, in_hand, asked_at, attempts, lease_no)
VALUES
  ('0000000001N4W7BZJGKB1FNR70', 'send', 'x0', '2026-03-02 09:00:00.123456', '2026-03-02 09:00:00.123456', FALSE, NULL, 0, 0);
INSERT INTO work
  (id, kind, subject, due_at, open_at, in_hand, asked_at, attempts, lease_no)
VALUES
  ('0000000002KQ33CTH00FA1HB76', 'send', 'x1', '2026-03-02 09:00:00.123456', '2026-03-02 09:00:00.123456', FALSE, NULL, 0, 0);
INSERT INTO work
  (id, kind, subject, due_at, open_at, in_hand, asked_at, attempts, lease_no)
VALUES
  ('0000000003XJZ97YE7ZFSWD80V', 'send', 'x2', '2026-03-02 09:00:00.123456', '2026-03-02 09:00:00.123456', FALSE, NULL, 0, 0);
INSERT INTO work
  (id, kind, subject, due_at, open_at, in_hand, asked_at, attempts, lease_no)
VALUES
  ('00000000046GD6DZMQA3TYX6R1', 'send', 'x3', '2026-03-02 09:00:00.123456', '2026-03-02 09:00:00.123456', FALSE, NULL, 0, 0);
INSERT INTO work
  (id, kind, subject, due_at, open_at, in_hand, asked_at, attempts, lease_no)
VALUES
  ('0000000005RBW1FDY4CXZMYGMD', 'send', 'x4', '2026-03-02 09:00:00.123456', '2026-03-02 09:00:00.123456', FALSE, NULL, 0, 0);
INSERT INTO work
  (id, kind, subject, due_at, open_at, in_hand, asked_at, attempts, lease_no)
VALUES
  ('0000000006CZ1QMJGEKCXT4GH9', 'send', 'x5', '2026-03-02 09:00:00.123456', '2026-03-02 09:00:00.123456', FALSE, NULL, 0, 0);
INSERT INTO work
  (id, kind, subject, due_at, open_at, in_hand, asked_at, attempts, lease_no)
VALUES
  ('0000000007HK4STWVFZ99G9SPY', 'send', 'x6', '2026-03-02 09:00:00.123456', '2026-03-02 09:00:00.123456', FALSE, NULL, 0, 0);
INSERT INTO work
  (id, kind, subject, due_at, open_at, in_hand, asked_at, attempts, lease_no)
VALUES
  ('0000000008RGP05J73E81FYJM8', 'send', 'x7', '2026-03-02 09:00:00.123456', '2026-03-02 09:00:00.123456', FALSE, NULL, 0, 0);
INSERT INTO work
  (id, kind, subject, due_at, open_at, in_hand, asked_at, attempts, lease_no)
VALUES
  ('0000000009GEHVR2AQREJMR96T', 'sync', 'subject', '2026-03-02 09:00:00.123456', '2026-03-02 09:00:00.123456', FALSE, NULL, 0, 0);
INSERT INTO work
  (id, kind, subject, due_at, open_at, in_hand, asked_at, attempts, lease_no)
VALUES
  ('000000000A1QQTS7R7RKGYWYEY', 'observe', 'subject', '2026-03-02 09:00:00.123456', '2026-03-02 09:00:00.123456', FALSE, NULL, 0, 0);
INSERT INTO work
  (id, kind, subject, due_at, open_at, in_hand, asked_at, attempts, lease_no)
VALUES
  ('000000000BF53CWDWS9B5D9QAF', 'plan', 'subject', '2026-03-02 09:00:00.123456', '2026-03-02 09:00:00.123456', FALSE, NULL, 0, 0);
INSERT INTO work
  (id, kind, subject, due_at, open_at, in_hand, asked_at, attempts, lease_no)
VALUES
  ('000000000CH7NMNQBBHVTGW8VP', 'tend', 'subject', '2026-03-02 09:00:00.123456', '2026-03-02 09:00:00.123456', FALSE, NULL, 0, 0);
INSERT INTO work
  (id, kind, subject, due_at, open_at, in_hand, asked_at, attempts, lease_no)
VALUES
  ('000000000DF9DKF4EN6TKK6SF7', 'refresh', 'subject', '2026-03-02 09:00:00.123456', '2026-03-02 09:00:00.123456', FALSE, NULL, 0, 0);
INSERT INTO work
  (id, kind, subject, due_at, open_at, in_hand, asked_at, attempts, lease_no)
VALUES
  ('000000000EA4AQ179EYSEA5W7R', 'send', 'subject', '2026-03-02 09:00:00.123456', '2026-03-02 09:00:00.123456', FALSE, NULL, 0, 0);
INSERT INTO work
  (id, kind, subject, due_at, open_at, in_hand, asked_at, attempts, lease_no)
VALUES
  ('000000000FWAQED5F5ZVW6Z057', 'read mail', '', '2026-03-02 09:00:00.123456', '2026-03-02 09:00:00.123456', FALSE, NULL, 0, 0);

INSERT INTO calendar_object
  (calendar, id, uid, occurrences, etag, changed_at, sequence)
VALUES
  ('c1', 'r1', 'u1@hafen.example', '[{"original_start": "2026-03-03T14:00:00Z", "start": "2026-03-03T14:00:00Z", "end": "2026-03-03T14:45:00Z", "meaning": "busy"}]', 'e1', '2026-03-02 09:00:00.123456', 1);
INSERT INTO calendar_object
  (calendar, id, uid, occurrences, etag, changed_at, sequence)
VALUES
  ('c1', 'r2', '', '[{"original_start": "2026-03-02T09:00:00.123456Z", "start": "2026-03-02T09:00:00.123456Z", "end": "2026-03-02T10:00:00.123456Z", "meaning": "busy"}]', NULL, NULL, 0);

INSERT INTO meeting
  (series, original_start, n, period, starts, ends, state, placed_by, uid, checked)
VALUES
  ('s1', '2026-03-03 14:00:00.000000', 0, 0, '2026-03-03 14:00:00.000000', '2026-03-03 14:45:00.000000', 'live', 'troth', NULL, TRUE);
INSERT INTO meeting
  (series, original_start, n, period, starts, ends, state, placed_by, uid, checked)
VALUES
  ('s1', '2026-03-17 14:00:00.000000', 0, 1, '2026-03-17 14:00:00.000000', '2026-03-17 14:45:00.000000', 'cancelled', 'troth', NULL, TRUE);
INSERT INTO meeting
  (series, original_start, n, period, starts, ends, state, placed_by, uid, checked)
VALUES
  ('s1', '2026-03-17 14:00:00.000000', 1, 1, '2026-03-18 14:00:00.000000', '2026-03-18 15:00:00.000000', 'live', 'person', 'u2@hafen.example', TRUE);
INSERT INTO meeting
  (series, original_start, n, period, starts, ends, state, placed_by, uid, checked)
VALUES
  ('s1', '2026-03-31 14:00:00.000000', 0, 2, NULL, NULL, 'unplaced', 'troth', NULL, TRUE);
INSERT INTO meeting
  (series, original_start, n, period, starts, ends, state, placed_by, uid, checked)
VALUES
  ('s1', '2026-04-14 14:00:00.000000', 0, 3, '2026-04-14 14:00:00.000000', '2026-04-14 14:45:00.000000', 'live', 'troth', NULL, FALSE);

INSERT INTO meeting_time
  (person, series, original_start, n, starts, ends, placed_by)
VALUES
  ('ada', 's1', '2026-03-03 14:00:00.000000', 0, '2026-03-03 14:00:00.000000', '2026-03-03 14:45:00.000000', 'troth');
INSERT INTO meeting_time
  (person, series, original_start, n, starts, ends, placed_by)
VALUES
  ('ada', 's1', '2026-03-17 14:00:00.000000', 1, '2026-03-18 14:00:00.000000', '2026-03-18 15:00:00.000000', 'person');
INSERT INTO meeting_time
  (person, series, original_start, n, starts, ends, placed_by)
VALUES
  ('ada', 's1', '2026-04-14 14:00:00.000000', 0, '2026-04-14 14:00:00.000000', '2026-04-14 14:45:00.000000', 'troth');
INSERT INTO meeting_time
  (person, series, original_start, n, starts, ends, placed_by)
VALUES
  ('bob', 's1', '2026-03-03 14:00:00.000000', 0, '2026-03-03 14:00:00.000000', '2026-03-03 14:45:00.000000', 'troth');
INSERT INTO meeting_time
  (person, series, original_start, n, starts, ends, placed_by)
VALUES
  ('bob', 's1', '2026-03-17 14:00:00.000000', 1, '2026-03-18 14:00:00.000000', '2026-03-18 15:00:00.000000', 'person');
INSERT INTO meeting_time
  (person, series, original_start, n, starts, ends, placed_by)
VALUES
  ('bob', 's1', '2026-04-14 14:00:00.000000', 0, '2026-04-14 14:00:00.000000', '2026-04-14 14:45:00.000000', 'troth');
