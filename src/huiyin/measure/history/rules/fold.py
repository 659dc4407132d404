"""How events become rows: one SQL text per table.

Every text reads a relation `ev` (all events, or those of the keys that changed) and gives the rows of these keys,
so that folding what changed and folding everything give the same rows. Plain joins, aggregates and windows with
explicit order: `arg_max(x, seq)` is `argMax` in ClickHouse and `max_by` in Spark. `{tz}` is the institution's zone.
"""


def day(instant: str) -> str:
    """The institution's date of an instant kept in UTC."""
    return f"CAST(timezone('{{tz}}', timezone('UTC', {instant})) AS DATE)"


# A decision of a person outweighs any later suggestion of the machine.
_RANK = "seq + CASE WHEN decided THEN 4000000000000000 ELSE 0 END"

MATTERS = f"""
WITH heard AS (
  SELECT key AS matter, min(seq) AS seq,
    arg_min(number, seq) AS number, arg_min(kind, seq) AS kind, arg_min(channel, seq) AS channel,
    arg_min(language, seq) AS language, arg_min(unit, seq) AS unit, arg_min(customer, seq) AS customer,
    arg_min(product, seq) AS product, arg_min(represented, seq) AS represented,
    arg_min(about_staff, seq) AS about_staff, arg_min(source, seq) AS source,
    arg_min(source_ref, seq) AS source_ref, arg_min(received_at, seq) AS received_at,
    arg_min(sent_at, seq) AS sent_at, arg_min(company, seq) AS company, arg_min(region, seq) AS region,
    arg_min(sub_product, seq) AS sub_product, arg_min(issue, seq) AS issue,
    arg_min(sub_issue, seq) AS sub_issue, arg_min(outcome, seq) AS source_outcome,
    min(occurred_at) AS heard_at
  FROM ev WHERE type = 'voice.heard' GROUP BY key
), opened AS (
  SELECT key AS matter, min(occurred_at) AS opened_at, arg_min(owner, seq) AS owner, arg_min(how, seq) AS how,
    arg_min(unit, seq) AS unit, arg_min(repeat_of, seq) AS repeat_of, arg_min(number, seq) AS number
  FROM ev WHERE type = 'case.opened' GROUP BY key
), classified AS (
  SELECT key AS matter,
    arg_max(category, {_RANK}) AS category, arg_max(cause, {_RANK}) AS cause,
    arg_max(complexity, {_RANK}) AS complexity, arg_max(severity, {_RANK}) AS severity,
    arg_max(confidence, seq) AS confidence, bool_or(decided) AS decided
  FROM ev WHERE type = 'voice.classified' GROUP BY key
), steps AS (
  SELECT key AS matter,
    min(CASE WHEN type = 'case.answered' AND coalesce(evidence, '') <> 'source'
        THEN coalesce(answered_at, occurred_at) END) AS answered_at,
    max(CASE WHEN type = 'case.answered' AND coalesce(evidence, '') <> 'source'
        THEN coalesce(answered_at, occurred_at) END) AS last_answered_at,
    count(CASE WHEN type = 'case.answered' THEN 1 END) AS answers,
    min(CASE WHEN type = 'case.closed' THEN occurred_at END) AS first_closed_at,
    max(CASE WHEN type = 'case.closed' THEN occurred_at END) AS last_closed_at,
    arg_max(CASE WHEN type = 'case.closed' THEN outcome END, seq) AS outcome,
    arg_max(CASE WHEN type = 'case.closed' THEN category END, seq) AS category,
    arg_max(CASE WHEN type = 'case.closed' THEN cause END, seq) AS cause,
    arg_max(CASE WHEN type = 'case.closed' THEN root_cause END, seq) AS root_cause,
    arg_max(CASE WHEN type = 'case.closed' THEN post END, seq) AS post,
    arg_max(CASE WHEN type = 'case.closed' THEN at_unit END, seq) AS at_unit,
    arg_max(CASE WHEN type = 'case.reclassified' THEN kind END, seq) AS kind,
    min(CASE WHEN type = 'voice.withdrawn' THEN occurred_at END) AS withdrawn_at,
    max(CASE WHEN type = 'case.reopened' THEN occurred_at END) AS reopened_at,
    count(CASE WHEN type = 'case.reopened' THEN 1 END) AS reopened,
    count(CASE WHEN type = 'case.disputed' THEN 1 END) AS disputed,
    count(CASE WHEN type = 'case.confirmed' THEN 1 END) AS confirmed,
    count(CASE WHEN type = 'case.escalated' THEN 1 END) AS escalated,
    max(cycle) AS cycle,
    arg_max(CASE WHEN type = 'case.assigned' THEN handler END, seq) AS handler,
    arg_max(CASE WHEN type = 'case.handover_settled' AND outcome = 'accepted' THEN handover END, seq) AS handover,
    arg_max(CASE WHEN type IN ('case.closed', 'case.reopened', 'voice.withdrawn') THEN type END, seq) AS last_step
  FROM ev
  WHERE type IN ('case.answered', 'case.closed', 'case.reclassified', 'voice.withdrawn', 'case.reopened',
    'case.disputed', 'case.confirmed', 'case.escalated', 'case.assigned', 'case.handover_settled')
  GROUP BY key
), alarms AS (
  SELECT key AS matter, count(*) AS alarms FROM ev
  WHERE family = 'OWNER' AND (type = 'clock.breached' OR type = 'clock.rung' AND rung NOT IN ('intake', 'superseded'))
  GROUP BY key
), owners AS (
  SELECT s.key AS matter, arg_max(s.receiver, s.seq) AS owner
  FROM ev s JOIN ev o ON o.key = s.key AND o.handover = s.handover AND o.type = 'case.handover_offered'
  WHERE s.type = 'case.handover_settled' AND s.outcome = 'accepted' AND o.kind = 'owner'
  GROUP BY s.key
)
SELECT h.matter AS key, h.matter, coalesce(o.number, h.number) AS number,
  coalesce(s.kind, h.kind) AS kind, h.kind AS kind_heard, h.channel, h.language,
  coalesce(h.unit, o.unit) AS unit, h.product,
  coalesce(s.category, c.category) AS category, coalesce(s.cause, c.cause) AS cause,
  s.root_cause, s.post, s.at_unit, c.complexity, c.severity, c.confidence, coalesce(c.decided, FALSE) AS decided,
  h.customer, h.represented, h.about_staff, h.heard_at, h.received_at, h.sent_at, o.opened_at,
  o.how, o.owner AS first_owner, coalesce(w.owner, o.owner) AS owner, s.handler, coalesce(a.alarms, 0) AS owner_alarms,
  s.answered_at, s.last_answered_at, coalesce(s.answers, 0) AS answers,
  s.first_closed_at,
  CASE WHEN s.last_step IN ('case.closed', 'voice.withdrawn') THEN coalesce(s.last_closed_at, s.withdrawn_at) END
    AS closed_at,
  s.outcome, s.withdrawn_at, s.reopened_at, coalesce(s.reopened, 0) AS reopened,
  coalesce(s.disputed, 0) AS disputed, coalesce(s.confirmed, 0) AS confirmed,
  coalesce(s.escalated, 0) AS escalated, coalesce(s.cycle, 1) AS cycle,
  CASE WHEN s.last_step = 'voice.withdrawn' OR s.withdrawn_at IS NOT NULL AND s.last_step = 'case.closed'
       THEN 'withdrawn' WHEN s.last_step = 'case.closed' THEN 'closed' ELSE 'open' END AS state,
  o.repeat_of, coalesce(h.source, '') AS source, h.source_ref, h.company, h.region, h.sub_product, h.issue,
  h.sub_issue, h.source_outcome,
  {day("h.received_at")} AS received_day, {day("o.opened_at")} AS opened_day,
  {day("s.answered_at")} AS answered_day, h.seq
FROM heard h
LEFT JOIN opened o ON o.matter = h.matter
LEFT JOIN classified c ON c.matter = h.matter
LEFT JOIN steps s ON s.matter = h.matter
LEFT JOIN alarms a ON a.matter = h.matter
LEFT JOIN owners w ON w.matter = h.matter
ORDER BY received_at, matter
"""

_ENDED = "type IN ('clock.satisfied', 'clock.attested')"

# An extension counts only when it was made, and told to the customer, before the old limit (indicator M16).
CLOCKS = f"""
WITH c AS (
  SELECT * FROM ev WHERE type IN ('clock.armed', 'clock.attested', 'clock.paused', 'clock.resumed', 'clock.extended', 'clock.superseded',
    'clock.satisfied', 'clock.unsatisfied', 'clock.breached', 'clock.rung', 'clock.cancelled', 'clock.excused')
), extended AS (
  SELECT e.clock, e.seq, min(e.notice) AS notice, min(e.occurred_at) AS extended_at, arg_max(c.due_at, c.seq) AS old_due_at
  FROM c e JOIN c ON c.clock = e.clock AND c.seq < e.seq
  WHERE e.type = 'clock.extended' GROUP BY e.clock, e.seq
), voided AS (
  SELECT clock, count(*) AS void_extensions FROM extended
  WHERE notice IS NULL OR extended_at > old_due_at GROUP BY clock
), folded AS (
  SELECT clock, arg_min(key, seq) AS key, arg_min(subject, seq) AS subject, arg_min(kind, seq) AS kind,
    arg_min(pack, seq) AS pack, arg_min(family, seq) AS family, arg_min(purpose, seq) AS purpose,
    arg_min(cycle, seq) AS cycle, arg_min(definition, seq) AS definition, arg_min(calendar, seq) AS calendar,
    arg_min(anchor_at, seq) AS anchor_at,
    arg_min(CASE WHEN type IN ('clock.armed', 'clock.attested') THEN due_at END, seq) AS first_due_at,
    arg_max(CASE WHEN type IN ('clock.armed', 'clock.attested', 'clock.resumed', 'clock.extended', 'clock.superseded',
      'clock.satisfied') THEN due_at END, seq) AS due_at,
    count(CASE WHEN type = 'clock.paused' THEN 1 END) AS pauses,
    count(CASE WHEN type = 'clock.extended' THEN 1 END) AS extensions,
    count(CASE WHEN type = 'clock.rung' THEN 1 END) AS rungs,
    min(CASE WHEN type = 'clock.breached' THEN detected_at END) AS breached_at,
    max(CASE WHEN {_ENDED} THEN seq END) AS yes_seq,
    max(CASE WHEN type = 'clock.unsatisfied' THEN seq END) AS no_seq,
    arg_max(CASE WHEN {_ENDED} THEN met END, seq) AS met,
    arg_max(CASE WHEN {_ENDED} THEN satisfied_at END, seq) AS satisfied_at,
    arg_max(CASE WHEN {_ENDED} THEN evidence END, seq) AS evidence,
    arg_max(CASE WHEN {_ENDED} THEN event END, seq) AS event,
    arg_max(CASE WHEN {_ENDED} THEN elapsed_s END, seq) AS elapsed_s,
    arg_max(CASE WHEN {_ENDED} THEN business_s END, seq) AS business_s,
    arg_max(CASE WHEN {_ENDED} THEN lag_s END, seq) AS lag_s,
    bool_or(type = 'clock.satisfied' AND coalesce(extended, FALSE)) AS said_extended,
    bool_or(type = 'clock.excused') AS excused,
    arg_max(CASE WHEN type = 'clock.cancelled' THEN reason END, seq) AS cancelled_because,
    bool_or(type = 'clock.cancelled') AS cancelled
  FROM c GROUP BY clock
), judged AS (
  SELECT f.*, coalesce(v.void_extensions, 0) AS void_extensions, coalesce(yes_seq > coalesce(no_seq, 0), FALSE) AS satisfied
  FROM folded f LEFT JOIN voided v ON v.clock = f.clock
)
SELECT key, clock, subject, kind, pack, family, purpose, cycle, definition, calendar, anchor_at, first_due_at, due_at,
  CASE WHEN cancelled THEN 'cancelled' WHEN satisfied THEN 'satisfied' ELSE 'running' END AS state,
  CASE WHEN satisfied THEN met END AS met,
  CASE WHEN satisfied THEN satisfied_at END AS satisfied_at,
  CASE WHEN satisfied THEN evidence END AS evidence, CASE WHEN satisfied THEN event END AS event,
  CASE WHEN satisfied THEN elapsed_s END AS elapsed_s, CASE WHEN satisfied THEN business_s END AS business_s,
  CASE WHEN satisfied THEN lag_s END AS lag_s, breached_at, pauses, extensions, void_extensions,
  (extensions > 0 OR said_extended) AS extended, excused, cancelled, cancelled_because, rungs,
  {day("anchor_at")} AS anchor_day, {day("first_due_at - INTERVAL 1 MICROSECOND")} AS first_due_day,
  {day("due_at - INTERVAL 1 MICROSECOND")} AS due_day,
  {day("CASE WHEN satisfied THEN satisfied_at END")} AS satisfied_day
FROM judged ORDER BY family, due_at, clock
"""

CLOSINGS = f"""
WITH steps AS (
  SELECT key, seq, type, occurred_at, cycle, outcome, cause, category, root_cause, post, at_unit,
    lead(type) OVER (PARTITION BY key ORDER BY seq) AS next_type,
    lead(occurred_at) OVER (PARTITION BY key ORDER BY seq) AS next_at,
    row_number() OVER (PARTITION BY key, type ORDER BY seq) AS ordinal
  FROM ev WHERE type IN ('case.closed', 'case.reopened')
)
SELECT key, key AS matter, ordinal, cycle, outcome, cause AS closing_cause, category AS closing_category,
  root_cause, post, at_unit,
  occurred_at AS closed_at, CASE WHEN next_type = 'case.reopened' THEN next_at END AS reopened_at,
  next_at, {day("occurred_at")} AS closed_day
FROM steps WHERE type = 'case.closed' ORDER BY closed_at, key, ordinal
"""

# While a matter waits for us: from its receipt, or a reopening, until the next close or withdrawal.
SPELLS = f"""
WITH steps AS (
  SELECT key, seq, type, CASE WHEN type = 'voice.heard' THEN coalesce(received_at, occurred_at)
      ELSE occurred_at END AS step_at FROM ev
  WHERE type IN ('voice.heard', 'case.closed', 'case.reopened', 'voice.withdrawn')
), led AS (
  SELECT key, seq, type, step_at, lead(step_at) OVER (PARTITION BY key ORDER BY seq) AS until_at FROM steps
)
SELECT key, key AS matter, step_at AS from_at, until_at, {day("step_at")} AS from_day, {day("until_at")} AS until_day
FROM led WHERE type IN ('voice.heard', 'case.reopened') ORDER BY from_at, key
"""

# `closed_day`: when the complaint was closed that the answer speaks of, the last close before the answer.
ANSWERS = f"""
WITH steps AS (
  SELECT key, type, occurred_at AS from_at,
    coalesce(lead(occurred_at) OVER (PARTITION BY key ORDER BY seq), TIMESTAMP '9999-12-31 00:00:00') AS until_at
  FROM ev WHERE type IN ('case.closed', 'case.reopened')
), closed AS (
  SELECT key, from_at, until_at, {day("from_at")} AS closed_day FROM steps WHERE type = 'case.closed'
), given AS (
  SELECT * FROM ev WHERE type = 'answer.given'
)
SELECT a.key, a.answer, coalesce(a.matter, CASE WHEN a.stream LIKE 'matter:%' THEN a.key END) AS matter, a.kind, a.score,
  a.channel, a.unit, a.handler, a.product, a.efficiency, a.professionalism, a.attitude, a.occurred_at AS answered_at,
  {day("a.occurred_at")} AS answered_day, c.closed_day, a.seq
FROM given a LEFT JOIN closed c ON c.key = a.key AND c.from_at <= a.occurred_at AND c.until_at > a.occurred_at
ORDER BY answered_at, answer
"""

# Whom we asked, after a matter or in a survey. What is shown on the page of a matter has arrived at once.
SURVEYED = f"""
WITH invited AS (
  SELECT key, invitation, seq, kind, channel, unit, product, campaign, occurred_at AS invited_at
  FROM ev WHERE type = 'survey.invited'
), heard AS (
  SELECT key, arg_min(unit, seq) AS unit FROM ev WHERE type = 'voice.heard' GROUP BY key
), arrived AS (
  SELECT key, min(occurred_at) AS delivered_at FROM ev
  WHERE type = 'message.delivered' AND purpose = 'survey' GROUP BY key
), said AS (
  SELECT key, invitation, min(occurred_at) AS answered_at, arg_min(nps, seq) AS nps, arg_min(ces, seq) AS ces,
    arg_min(efficiency, seq) AS efficiency, arg_min(professionalism, seq) AS professionalism,
    arg_min(attitude, seq) AS attitude, arg_min(environment, seq) AS environment, arg_min(channels, seq) AS channels,
    arg_min(gap_reliability, seq) AS gap_reliability, arg_min(gap_responsiveness, seq) AS gap_responsiveness,
    arg_min(gap_assurance, seq) AS gap_assurance, arg_min(gap_empathy, seq) AS gap_empathy,
    arg_min(gap_tangibles, seq) AS gap_tangibles
  FROM ev WHERE type IN ('survey.answered', 'answer.given') AND invitation IS NOT NULL GROUP BY key, invitation
), joined AS (
  SELECT i.key, i.invitation, CASE WHEN i.campaign IS NULL THEN i.key END AS matter, i.kind, i.campaign,
    coalesce(i.channel, 'portal') AS channel, coalesce(i.unit, h.unit) AS unit, i.product, i.invited_at,
    CASE WHEN i.campaign IS NULL THEN i.invited_at ELSE a.delivered_at END AS delivered_at,
    s.answered_at, s.nps, s.ces, s.efficiency, s.professionalism, s.attitude, s.environment, s.channels,
    s.gap_reliability, s.gap_responsiveness, s.gap_assurance, s.gap_empathy, s.gap_tangibles
  FROM invited i LEFT JOIN heard h ON h.key = i.key LEFT JOIN arrived a ON a.key = i.key
  LEFT JOIN said s ON s.key = i.key AND s.invitation = i.invitation
)
SELECT j.*, {day("j.invited_at")} AS invited_day, {day("j.delivered_at")} AS delivered_day,
  {day("j.answered_at")} AS answered_day
FROM joined j ORDER BY invited_at, invitation
"""

# `error`: why the receiver returned it, or said afterwards that it was wrong or incomplete (row R6); once per hand-over.
HANDOVERS = f"""
SELECT o.key, o.key AS matter, o.handover, o.sender, o.receiver, o.unit, coalesce(o.kind, 'owner') AS kind,
  o.occurred_at AS offered_at, s.occurred_at AS settled_at, coalesce(s.outcome, 'open') AS outcome,
  coalesce(m.error, s.error) AS error, {day("o.occurred_at")} AS offered_day, {day("s.occurred_at")} AS settled_day
FROM ev o LEFT JOIN ev s ON s.key = o.key AND s.handover = o.handover AND s.type = 'case.handover_settled'
LEFT JOIN (SELECT key, handover, arg_min(error, seq) AS error FROM ev WHERE type = 'case.handover_marked'
  GROUP BY key, handover) m ON m.key = o.key AND m.handover = o.handover
WHERE o.type = 'case.handover_offered' ORDER BY offered_at, handover
"""

RECTIFICATIONS = f"""
WITH opened AS (
  SELECT key, number, how, owner, verifier, unit, alert, indicator, value_before, due_date,
    occurred_at AS opened_at, {day("occurred_at")} AS opened_day, seq
  FROM ev WHERE type = 'rectification.opened'
), steps AS (
  SELECT key, arg_max(step, seq) AS step,
    max(CASE WHEN step = 'verified' THEN occurred_at END) AS verified_at,
    max(CASE WHEN step = 'closed' THEN occurred_at END) AS closed_at,
    count(CASE WHEN step = 'reopened' THEN 1 END) AS reopened,
    count(CASE WHEN step = 'redated' THEN 1 END) AS redated
  FROM ev WHERE type = 'rectification.stepped' GROUP BY key
)
SELECT o.key, o.key AS rectification, o.number, o.how, o.owner, o.verifier, o.unit, o.alert, o.indicator,
  o.value_before, o.due_date, o.opened_at, o.opened_day, coalesce(s.step, 'opened') AS step, s.verified_at,
  CASE WHEN s.step IN ('closed') THEN s.closed_at END AS closed_at, coalesce(s.reopened, 0) AS reopened,
  coalesce(s.redated, 0) AS redated
FROM opened o LEFT JOIN steps s ON s.key = o.key ORDER BY opened_at, key
"""

ALERTS = f"""
SELECT r.key, r.key AS alert, r.indicator, r.rule, r.cell, r.since, r.observed, r.expected, r.p, r.unit,
  r.occurred_at AS raised_at, {day("r.occurred_at")} AS raised_day, s.outcome, s.reason, s.occurred_at AS settled_at
FROM ev r LEFT JOIN ev s ON s.key = r.key AND s.type = 'alert.settled'
WHERE r.type = 'alert.raised' ORDER BY raised_at, key
"""

# A public post with what it was read as; a person's reading outweighs the machine's.
POSTS = f"""
WITH heard AS (
  SELECT key, arg_min(source, seq) AS source, arg_min(language, seq) AS language, arg_min(unit, seq) AS unit,
    arg_min(reach, seq) AS reach, bool_or(coalesce(owned, FALSE)) AS owned, arg_min(repost_of, seq) AS repost_of,
    arg_min(posted_at, seq) AS posted_at, min(occurred_at) AS heard_at
  FROM ev WHERE type = 'post.heard' GROUP BY key
), told AS (
  SELECT key, arg_max(sentiment, {_RANK}) AS sentiment, arg_max(category, {_RANK}) AS category,
    arg_max(cause, {_RANK}) AS cause, bool_or(coalesce(sure, FALSE) OR coalesce(decided, FALSE)) AS sure
  FROM ev WHERE type = 'post.judged' GROUP BY key
)
SELECT h.key, h.key AS post, h.source, h.language, h.unit, h.reach, h.owned, h.repost_of, h.posted_at, h.heard_at,
  coalesce(t.sentiment, '') AS sentiment, t.category, t.cause, coalesce(t.sure, FALSE) AS sure,
  {day("h.posted_at")} AS posted_day
FROM heard h LEFT JOIN told t ON t.key = h.key ORDER BY posted_at, key
"""

# One row per quality review whose score stands: as it stands now, on the day on which it first stood.
REVIEWS = f"""
SELECT key, key AS sample, arg_max(matter, seq) AS matter, arg_max(sort, seq) AS sort, arg_max(how, seq) AS how,
  arg_max(scorecard, seq) AS scorecard, arg_max(points, seq) AS points, arg_max(criticals, seq) AS criticals,
  arg_max(passed, seq) AS passed, arg_max(by_chance, seq) AS by_chance, arg_max(twice, seq) AS twice,
  arg_min(how, seq) AS first_how, arg_max(reply_passed, seq) AS reply_passed, arg_max(person, seq) AS person,
  arg_max(unit, seq) AS unit, arg_max(happened_date, seq) AS happened_day, min(occurred_at) AS settled_at,
  {day("min(occurred_at)")} AS settled_day
FROM ev WHERE type = 'quality.settled' GROUP BY key ORDER BY settled_at, key
"""

# One row per redress of a matter, as far as it got; `amount` in minor units.
REDRESSES = f"""
SELECT key, key AS matter, redress, arg_max(step, seq) AS step, arg_max(kind, seq) AS sort, arg_max(amount, seq) AS amount,
  arg_max(currency, seq) AS currency, min(CASE WHEN step = 'paid' THEN occurred_at END) AS paid_at,
  {day("min(CASE WHEN step = 'paid' THEN occurred_at END)")} AS paid_day
FROM ev WHERE type = 'case.redress_stepped' GROUP BY key, redress ORDER BY paid_at, key, redress
"""

# One row per review by the level above (核查), with its decision.
APPEALS = f"""
SELECT key, key AS review, arg_min(matter, seq) AS matter, min(CASE WHEN type = 'review.requested' THEN occurred_at END)
    AS requested_at, arg_max(CASE WHEN type = 'review.decided' THEN outcome END, seq) AS outcome,
  min(CASE WHEN type = 'review.decided' THEN occurred_at END) AS decided_at,
  {day("min(CASE WHEN type = 'review.decided' THEN occurred_at END)")} AS decided_day
FROM ev WHERE type IN ('review.requested', 'review.decided') GROUP BY key ORDER BY decided_at, key
"""

# One row per mediation of a matter, with how it ended.
MEDIATIONS = f"""
SELECT key, key AS matter, mediation, min(CASE WHEN type = 'mediation.opened' THEN occurred_at END) AS opened_at,
  arg_max(CASE WHEN type = 'mediation.ended' THEN outcome END, seq) AS outcome,
  min(CASE WHEN type = 'mediation.ended' THEN occurred_at END) AS ended_at,
  {day("min(CASE WHEN type = 'mediation.ended' THEN occurred_at END)")} AS ended_day
FROM ev WHERE type IN ('mediation.opened', 'mediation.ended') GROUP BY key, mediation ORDER BY ended_at, key, mediation
"""

# Through which record a person is counted: a merge stands until it is taken back. One row per record that was ever merged.
MERGES = """
SELECT key, key AS member, arg_max("into", seq) AS survivor, arg_max(type, seq) = 'customer.merged' AS merged
FROM ev WHERE type IN ('customer.merged', 'customer.unmerged') GROUP BY key ORDER BY member
"""

# What a row of another table says about its matter, so that no figure needs a join.
ABOUT = (
  "unit_path", "kind", "channel", "category", "cause", "product", "company", "region", "source", "sub_product",
  "issue", "sub_issue", "complexity", "severity", "received_at", "received_day", "number",
  "root_cause",
)  # fmt: skip
# Which unit and which day say where a row belongs.
PLACED = {
    "matters": ("unit", "received_day"),
    "answers": ("unit", "answered_day"),
    "surveyed": ("unit", "invited_day"),
    "rectifications": ("unit", "opened_day"),
    "alerts": ("unit", "raised_day"),
    "posts": ("unit", "posted_day"),
    "reviews": ("unit", "settled_day"),
}
DESCRIBED = {
    "clocks": "subject", "closings": "matter", "spells": "matter", "answers": "matter", "handovers": "matter",
    "reviews": "matter",
    "surveyed": "matter",
    "redresses": "matter", "appeals": "matter", "mediations": "matter",
}  # fmt: skip
PLAIN = {
    "matters": MATTERS,
    "clocks": CLOCKS,
    "closings": CLOSINGS,
    "spells": SPELLS,
    "answers": ANSWERS,
    "surveyed": SURVEYED,
    "handovers": HANDOVERS,
    "rectifications": RECTIFICATIONS,
    "alerts": ALERTS,
    "posts": POSTS,
    "reviews": REVIEWS,
    "redresses": REDRESSES,
    "appeals": APPEALS,
    "mediations": MEDIATIONS,
    "merges": MERGES,
}


def _whole(name: str) -> str:
    """The rows with the path of their unit on their day, and with what is known of their matter.

    A row without a unit belongs to the head office. `units` and, after the first fold, `matters_folded` are there.
    """
    columns, joins = ["r.*"], []
    if name in PLACED:
        unit, on = PLACED[name]
        root = "(SELECT min(path) FROM units WHERE parent IS NULL AND kind = 'head')"
        columns.append(f"coalesce(u.path, {root}, '') AS unit_path, u.kind AS unit_kind")
        joins.append(f"LEFT JOIN units u ON u.unit = r.{unit} AND r.{on} >= u.from_day AND r.{on} < u.until_day")
    if name in DESCRIBED:
        columns.extend(f"m.{about} AS matter_{about}" for about in ABOUT)
        joins.append(f"LEFT JOIN matters_folded m ON m.matter = r.{DESCRIBED[name]}")
    body, _, order = PLAIN[name].rpartition("ORDER BY ")
    ordered = ", ".join(f"r.{column.strip()}" for column in order.split(","))
    return f"SELECT {', '.join(columns)} FROM (\n{body}\n) r {' '.join(joins)} ORDER BY {ordered}"


# In this order: the matters first, for the others ask them.
FOLDS = {name: _whole(name) for name in PLAIN}
