-- What revisions 0003 to 0008 made room for, as release 0008 leaves it behind beside
-- released.sql. Read by test_upgrade.py on both databases; instants are UTC. It stays as
-- it is.

INSERT INTO audit_seal
  (day, "rows", digest, seal)
VALUES
  ('2026-03-02', 1, 'digest', 'seal');

INSERT INTO consent
  (pair, person, given, at)
VALUES
  ('ada-bob', 'bob', TRUE, '2026-03-20 09:00:00.123456');

INSERT INTO enclosure
  (id, pair, by, url, title, added_at, taken_off_at)
VALUES
  ('e1', 'ada-bob', 'ada', 'https://a.example/paper', 'The paper', '2026-03-20 09:00:00.123456', NULL);
INSERT INTO enclosure
  (id, pair, by, url, title, added_at, taken_off_at)
VALUES
  ('e2', 'ada-bob', 'bob', 'https://b.example/old', 'Old', '2026-03-20 09:00:00.123456', '2026-03-21 09:00:00.123456');

INSERT INTO erasure
  (person, programme, asked_at, done_at)
VALUES
  ('dee', 'hafen', '2026-03-20 09:00:00.123456', '2026-03-23 09:00:00.123456');
INSERT INTO erasure
  (person, programme, asked_at, done_at)
VALUES
  ('eve', 'hafen', '2026-03-20 09:00:00.123456', NULL);

INSERT INTO line
  (id, pair, about, by, kind, text, at, told_at)
VALUES
  ('l0', 'ada-bob', '{"series": "s1", "original_start": "2026-03-03T14:00:00Z", "n": 0}', 'ada', 'heard', 'line 0', '2026-03-20 09:00:00.123456', NULL);
INSERT INTO line
  (id, pair, about, by, kind, text, at, told_at)
VALUES
  ('l1', 'ada-bob', '{"series": "s1", "original_start": "2026-03-03T14:00:00Z", "n": 0}', 'bob', 'thanks', 'line 1', '2026-03-20 09:00:00.123456', '2026-03-20 10:00:00.123456');

INSERT INTO note
  (id, pair, about, text, by, at, before)
VALUES
  ('n1', 'ada-bob', '{"series": "s1", "original_start": "2026-03-03T14:00:00Z", "n": 0}', 'We spoke of saying no', 'bob', '2026-03-20 09:00:00.123456', 'We spoke');

INSERT INTO promise
  (id, pair, by, text, turns, reminded, about)
VALUES
  ('pr1', 'ada-bob', 'ada', 'Send the paper', '[{"kind": "promised", "at": "2026-03-20T09:00:00.123456Z", "by": "ada", "day": "2026-04-01", "source": "page", "undoes": false}, {"kind": "promise kept", "at": "2026-03-21T09:00:00.123456Z", "by": "ada", "day": "2026-04-01", "source": "page", "undoes": false}]', '[{"day": "2026-04-01", "at": "2026-03-21T09:00:00.123456Z"}]', '{"series": "s1", "original_start": "2026-03-03T14:00:00Z", "n": 0}');
INSERT INTO promise
  (id, pair, by, text, turns, reminded, about)
VALUES
  ('pr2', 'ada-bob', 'bob', 'Read it', '[{"kind": "promised", "at": "2026-03-20T09:00:00.123456Z", "by": "bob", "day": "2026-04-01", "source": "page", "undoes": false}]', '[]', NULL);

INSERT INTO review
  (id, pair, by, day, at, answers, share)
VALUES
  ('r1', 'ada-bob', 'ada', '2026-03-20', '2026-03-20 09:00:00.123456', '[{"question": "rhythm", "choice": "suits", "words": ""}, {"question": "talks", "choice": "now and then", "words": "word 1"}, {"question": "heard", "choice": "not yet", "words": "word 2"}]', TRUE);

INSERT INTO snapshot
  (programme, as_of, bands, "groups", after, is_whole)
VALUES
  ('hafen', '2026-03-16 05:00:00.000000', '[{"shows": true, "band": "connection broken", "pairs": 1}]', '[{"shows": true, "cadence": "every 2 weeks", "pairs": 1, "stretches": [{"kept": 1, "repaired": 0, "owed": 0, "unconfirmed": 0, "pairs": 1}, {"kept": 1, "repaired": 0, "owed": 0, "unconfirmed": 0, "pairs": 1}, {"kept": 1, "repaired": 0, "owed": 0, "unconfirmed": 0, "pairs": 1}, {"kept": 1, "repaired": 0, "owed": 0, "unconfirmed": 0, "pairs": 1}, {"kept": 1, "repaired": 0, "owed": 0, "unconfirmed": 0, "pairs": 1}, {"kept": 1, "repaired": 0, "owed": 0, "unconfirmed": 0, "pairs": 1}, {"kept": 1, "repaired": 0, "owed": 0, "unconfirmed": 0, "pairs": 1}, {"kept": 1, "repaired": 0, "owed": 0, "unconfirmed": 0, "pairs": 1}, {"kept": 1, "repaired": 0, "owed": 0, "unconfirmed": 0, "pairs": 1}, {"kept": 1, "repaired": 0, "owed": 0, "unconfirmed": 0, "pairs": 1}, {"kept": 1, "repaired": 0, "owed": 0, "unconfirmed": 0, "pairs": 1}, {"kept": 1, "repaired": 0, "owed": 0, "unconfirmed": 0, "pairs": 1}, {"kept": 1, "repaired": 0, "owed": 0, "unconfirmed": 0, "pairs": 1}], "notice": {"numerator": 1, "denominator": 1, "pairs": 1}, "promises": {"numerator": 1, "denominator": 2, "pairs": 1}}]', 'ada-bob', TRUE);
