import type { Sql } from '@plaza/db/sql';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import type { Books } from './books.js';

/** A statement whose rows say what is wrong in a database at rest. */
interface Recount {
  readonly owner: SubgraphName;
  readonly wrong: (sql: Sql) => Promise<{ what: string }[]>;
}

/** Whatever one database can say of itself. */
export async function recount(books: Books): Promise<readonly string[]> {
  const found = await Promise.all(
    RECOUNTS.map(async ({ owner, wrong }) => (await wrong(books.at(owner).sql)).map(({ what }) => `${owner}: ${what}`)),
  );
  return found.flat();
}

const RECOUNTS: readonly Recount[] = [
  // ── social: counts are counts ─────────────────────────────────────────────
  {
    owner: 'social',
    wrong: (sql) => sql<{ what: string }>`
      SELECT 'post ' || stat.post_id || ' counts ' || like_count || ' likes of ' || likes || ', ' || comment_count || ' comments of ' || comments
        || ', ' || repost_count || ' reposts of ' || reposts AS what
      FROM post_stat AS stat CROSS JOIN LATERAL (
        SELECT (SELECT count(*) FROM post_like WHERE post_id = stat.post_id) AS likes,
          (SELECT count(*) FROM comment WHERE post_id = stat.post_id AND deleted_at IS NULL) AS comments,
          (SELECT count(*) FROM repost WHERE post_id = stat.post_id) AS reposts
      ) AS there WHERE (like_count, comment_count, repost_count) <> (likes, comments, reposts)
      UNION ALL SELECT 'comment ' || above.id || ' counts ' || above.reply_count || ' replies of ' || count(below.id)
      FROM comment AS above LEFT JOIN comment AS below ON below.reply_to_id = above.id AND below.deleted_at IS NULL
      GROUP BY above.id HAVING above.reply_count <> count(below.id)
      UNION ALL SELECT 'user ' || stat.user_id || ' counts ' || follower_count || ' followers of ' || followers || ', ' || following_count
        || ' followed of ' || followed
      FROM user_stat AS stat CROSS JOIN LATERAL (
        SELECT (SELECT count(*) FROM follow WHERE followee_id = stat.user_id) AS followers,
          (SELECT count(*) FROM follow WHERE follower_id = stat.user_id) AS followed
      ) AS there WHERE (follower_count, following_count) <> (followers, followed)
      UNION ALL SELECT 'somebody follows ' || followee_id || ', who has no count' FROM follow
      WHERE NOT EXISTS (SELECT FROM user_stat WHERE user_id = followee_id)`,
  },
  {
    owner: 'social',
    wrong: (sql) => sql<{ what: string }>`
      SELECT 'the activity of post ' || stat.post_id || ' is at ' || activity_seq || ' and has ' || count(line.position) || ' lines' AS what
      FROM post_stat AS stat LEFT JOIN post_activity AS line ON line.post_id = stat.post_id
      GROUP BY stat.post_id HAVING stat.activity_seq <> count(line.position) OR coalesce(max(line.position), 0) <> stat.activity_seq`,
  },
  // ── social: what is there was told, and nothing else ──────────────────────
  {
    owner: 'social',
    wrong: (sql) => sql<{ what: string }>`
      WITH fact AS (
        SELECT type, payload->>'postId' AS post, payload->>'userId' AS person, payload->>'followerId' AS follower, payload->>'followeeId' AS followee,
          payload->>'blockerId' AS blocker, payload->>'blockedId' AS blocked, payload->>'commentId' AS comment
        FROM outbox WHERE payload <> '{}'
      )
      SELECT 'likes of ' || post || ' by ' || person || ': told ' || told || ', there ' || there AS what FROM (
        SELECT post, person, sum(CASE type WHEN 'post.liked' THEN 1 ELSE -1 END) AS told,
          (SELECT count(*) FROM post_like WHERE post_id::text = post AND user_id::text = person) AS there
        FROM (SELECT post, person, type FROM fact WHERE type IN ('post.liked', 'post.unliked')
          UNION ALL SELECT post_id::text, user_id::text, NULL FROM post_like) AS one WHERE type IS NOT NULL GROUP BY post, person
      ) AS pair WHERE told <> there
      UNION ALL SELECT 'a like of ' || post_id || ' was never told' FROM post_like
      WHERE NOT EXISTS (SELECT FROM fact WHERE type = 'post.liked' AND post = post_id::text AND person = user_id::text)
      UNION ALL SELECT 'reposts of ' || post || ' by ' || person || ' were told wrong' FROM fact WHERE type IN ('post.reposted', 'post.repostUndone')
      GROUP BY post, person HAVING sum(CASE type WHEN 'post.reposted' THEN 1 ELSE -1 END)
        <> (SELECT count(*) FROM repost WHERE post_id::text = post AND user_id::text = person)
      UNION ALL SELECT 'a repost of ' || post_id || ' was never told' FROM repost
      WHERE NOT EXISTS (SELECT FROM fact WHERE type = 'post.reposted' AND post = post_id::text AND person = user_id::text)
      UNION ALL SELECT 'follows of ' || follower || ' and ' || followee || ' were told wrong' FROM fact WHERE type IN ('follow.created', 'follow.removed')
      GROUP BY follower, followee HAVING sum(CASE type WHEN 'follow.created' THEN 1 ELSE -1 END)
        <> (SELECT count(*) FROM follow WHERE follower_id::text = follower AND followee_id::text = followee)
      UNION ALL SELECT 'a follow of ' || followee_id || ' was never told' FROM follow
      WHERE NOT EXISTS (SELECT FROM fact WHERE type = 'follow.created' AND follower = follower_id::text AND followee = followee_id::text)
      UNION ALL SELECT 'blocks of ' || blocker || ' and ' || blocked || ' were told wrong' FROM fact WHERE type IN ('block.created', 'block.removed')
      GROUP BY blocker, blocked HAVING sum(CASE type WHEN 'block.created' THEN 1 ELSE -1 END)
        <> (SELECT count(*) FROM block WHERE blocker_id::text = blocker AND blocked_id::text = blocked)
      UNION ALL SELECT 'a block of ' || blocked_id || ' was never told' FROM block
      WHERE NOT EXISTS (SELECT FROM fact WHERE type = 'block.created' AND blocker = blocker_id::text AND blocked = blocked_id::text)
      UNION ALL SELECT 'comment ' || id || ' was told ' || count(fact.comment) || ' times' FROM comment
      LEFT JOIN fact ON fact.type = 'comment.added' AND fact.comment = comment.id::text GROUP BY id HAVING count(fact.comment) <> 1
      UNION ALL SELECT 'comment ' || comment || ' was told ' || count(*) || ' times' FROM fact WHERE type = 'comment.added' GROUP BY comment HAVING count(*) > 1
      UNION ALL SELECT 'a block and a follow stand together' FROM block JOIN follow ON (follower_id, followee_id) IN ((blocker_id, blocked_id), (blocked_id, blocker_id))`,
  },
  // ── content ───────────────────────────────────────────────────────────────
  {
    owner: 'content',
    wrong: (sql) => sql<{ what: string }>`
      WITH fact AS (SELECT type, payload->>'postId' AS post FROM outbox WHERE payload <> '{}')
      SELECT 'post ' || id || ' was told ' || published || ' times, edited ' || edited || ' times to revision ' || revision || ', deleted ' || deleted AS what
      FROM post CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE type = 'post.published') AS published, count(*) FILTER (WHERE type = 'post.edited') AS edited,
          count(*) FILTER (WHERE type = 'post.deleted') AS deleted FROM fact WHERE post = id::text
      ) AS told
      WHERE published <> 1 OR edited > revision - 1 OR (deleted > 0) <> (deleted_at IS NOT NULL)
      UNION ALL SELECT 'post ' || post || ' was told and is not there' FROM fact WHERE NOT EXISTS (SELECT FROM post AS there WHERE there.id::text = fact.post)
        AND NOT EXISTS (SELECT FROM fact AS gone WHERE gone.post = fact.post AND gone.type = 'post.deleted')
      UNION ALL SELECT 'post ' || id || ' has ' || revision || ' revisions, ' || count(number) || ' are kept' FROM post
      LEFT JOIN post_revision ON post_id = id GROUP BY id HAVING count(number) <> revision AND max(number) > revision`,
  },
  // ── commerce: stock, orders, money (as e2e/shop) ──────────────────────────
  {
    owner: 'commerce',
    wrong: (sql) => sql<{ what: string }>`
      SELECT stock.reserved || ' of ' || variant_id || ' are still held' AS what FROM stock WHERE reserved <> 0
      UNION ALL SELECT 'stock of ' || stock.variant_id || ' is not the sum of its moves' FROM stock JOIN stock_move AS move ON move.variant_id = stock.variant_id
      GROUP BY stock.variant_id HAVING stock.on_hand <> sum(move.on_hand) OR stock.reserved <> sum(move.reserved)
      UNION ALL SELECT 'of ' || variant_id || ' were ' || total || ', ' || on_hand || ' are left and ' || gone || ' sold' FROM (
        SELECT stock.variant_id, stock.on_hand, (SELECT sum(move.on_hand) FROM stock_move AS move WHERE move.variant_id = stock.variant_id AND kind = 'RECEIVE') AS total,
          (SELECT coalesce(sum(line.quantity), 0) FROM order_line AS line JOIN seller_order AS part ON part.id = line.seller_order_id
            WHERE line.variant_id = stock.variant_id AND part.sold_at IS NOT NULL)
          - (SELECT coalesce(sum(line.quantity), 0) FROM refund_line AS line JOIN refund ON refund.id = line.refund_id AND refund.state = 'SUCCEEDED' AND is_restocked
            JOIN order_line AS sold ON sold.id = line.order_line_id WHERE sold.variant_id = stock.variant_id) AS gone
        FROM stock
      ) AS sum WHERE total <> on_hand + gone`,
  },
  {
    owner: 'commerce',
    wrong: (sql) => sql<{ what: string }>`
      WITH paid AS (
        SELECT o.id, o.status, o.total_amount AS total, coalesce(sum(event.amount) FILTER (WHERE event.type = 'CHARGE_SUCCESS'), 0) AS charged,
          coalesce(sum(event.amount) FILTER (WHERE event.type = 'REFUND_SUCCESS'), 0) AS refunded,
          bool_or(part.sold_at IS NOT NULL) AS is_sold
        FROM customer_order AS o LEFT JOIN payment ON payment.order_id = o.id LEFT JOIN payment_event AS event ON event.payment_id = payment.id
          LEFT JOIN seller_order AS part ON part.order_id = o.id GROUP BY o.id
      )
      SELECT 'order ' || id || ' is ' || status || ', ' || charged || ' was taken and ' || refunded || ' given back of ' || total AS what FROM paid
      WHERE refunded > charged OR (status = 'CONFIRMED' AND charged - refunded NOT BETWEEN 0 AND total) OR (status = 'CONFIRMED' AND charged < total)
        OR (status <> 'CONFIRMED' AND charged <> refunded)
      UNION ALL SELECT 'the provider took what we do not know of' FROM test_charge LEFT JOIN payment ON payment.id::text = test_charge.key
      WHERE test_charge.status = 'captured' AND (payment.state IS NULL OR payment.state NOT IN ('SETTLED', 'REFUNDED'))
      UNION ALL SELECT 'we believe a payment that its provider did not take' FROM payment LEFT JOIN test_charge ON payment.id::text = test_charge.key
      WHERE payment.state IN ('SETTLED', 'REFUNDED') AND test_charge.status IS DISTINCT FROM 'captured'
      UNION ALL SELECT 'the provider gave back what we do not know of' FROM test_refund
      LEFT JOIN payment_event AS event ON event.subject_id::text = test_refund.key AND event.type = 'REFUND_SUCCESS'
      WHERE test_refund.status = 'succeeded' AND test_refund.amount IS DISTINCT FROM event.amount
      UNION ALL SELECT 'of charge ' || charge_key || ' more was given back than taken' FROM test_refund JOIN test_charge ON test_charge.key = charge_key
      WHERE test_refund.status <> 'failed' GROUP BY charge_key, test_charge.amount HAVING sum(test_refund.amount) > test_charge.amount
      UNION ALL SELECT 'payment ' || payment.id || ' says ' || refunded_amount || ' given back, its refunds ' || coalesce(sum(refund.amount), 0)
      FROM payment LEFT JOIN refund ON refund.payment_id = payment.id AND refund.state <> 'FAILED' WHERE payment.state = 'SETTLED'
      GROUP BY payment.id HAVING refunded_amount <> coalesce(sum(refund.amount), 0)
      UNION ALL SELECT 'the ledger is off by ' || sum(amount) FROM ledger_entry GROUP BY currency_code HAVING sum(amount) <> 0
      UNION ALL SELECT 'the posting ' || posting || ' is off by ' || sum(amount) FROM ledger_entry GROUP BY posting HAVING sum(amount) <> 0
      UNION ALL SELECT 'a deposit was left' FROM ledger_entry WHERE account LIKE 'deposit:%' GROUP BY account HAVING sum(amount) <> 0
      UNION ALL SELECT 'payment ' || id || ' is ' || state || ' for ever' FROM payment WHERE state NOT IN ('SETTLED', 'DECLINED', 'CANCELLED', 'REFUNDED')
      UNION ALL SELECT 'an order is paid by two payments' FROM payment WHERE state = 'SETTLED' GROUP BY order_id HAVING count(*) > 1
      UNION ALL SELECT 'the ledger says ' || booked || ' of the provider, its books ' || theirs FROM (
        SELECT (SELECT coalesce(sum(amount), 0) FROM ledger_entry WHERE account = 'provider:test') AS booked,
          (SELECT coalesce(sum(amount), 0) FROM test_charge WHERE status = 'captured')
          - (SELECT coalesce(sum(amount), 0) FROM test_refund WHERE status = 'succeeded') AS theirs
      ) AS sides WHERE booked <> theirs`,
  },
  {
    owner: 'commerce',
    wrong: (sql) => sql<{ what: string }>`
      SELECT 'order ' || o.id || ' is at revision ' || o.revision || ', told up to ' || coalesce(max((payload->>'revision')::int), 0) AS what
      FROM customer_order AS o LEFT JOIN outbox ON outbox.type = 'order.changed' AND outbox.key = o.id GROUP BY o.id
      HAVING coalesce(max((payload->>'revision')::int), 0) <> o.revision
      UNION ALL SELECT 'order ' || key || ' was told and is not there' FROM outbox
      WHERE type = 'order.changed' AND NOT EXISTS (SELECT FROM customer_order AS there WHERE there.id = outbox.key)`,
  },
  // ── messaging: numbers without a gap, everybody has everything once ───────
  {
    owner: 'messaging',
    wrong: (sql) => sql<{ what: string }>`
      SELECT 'conversation ' || talk.id || ' is at ' || last_seq || ', has ' || count(seq) || ' messages up to ' || coalesce(max(seq), 0) AS what
      FROM conversation AS talk LEFT JOIN message ON message.conversation_id = talk.id
      GROUP BY talk.id HAVING last_seq <> count(seq) OR last_seq <> coalesce(max(seq), 0)
      UNION ALL SELECT 'message ' || message.seq || ' of ' || message.conversation_id || ' came ' || count(entry.position) || ' times to ' || member.user_id
      FROM message JOIN member ON member.conversation_id = message.conversation_id AND message.seq > since_seq AND left_seq IS NULL
      LEFT JOIN inbox_entry AS entry ON entry.user_id = member.user_id AND entry.conversation_id = message.conversation_id AND entry.kind = 'MESSAGE_ADDED'
        AND message.seq BETWEEN entry.seq AND coalesce(entry.until_seq, entry.seq)
      GROUP BY message.conversation_id, message.seq, member.user_id HAVING count(entry.position) <> 1
      UNION ALL SELECT 'the inbox of ' || user_id || ' has ' || count(*) || ' lines from ' || min(position) || ' to ' || max(position) FROM inbox_entry
      GROUP BY user_id HAVING count(*) <> max(position) - min(position) + 1
      UNION ALL SELECT 'the place of ' || place.user_id || ' is at ' || place.last_seq || ' of ' || conversation.last_seq
      FROM conversation_member AS place JOIN conversation ON conversation.id = place.conversation_id
      WHERE place.left_at IS NULL AND place.last_seq <> conversation.last_seq
      UNION ALL SELECT user_id || ' has read ' || read_seq || ' of ' || last_seq FROM conversation_member WHERE read_seq > last_seq`,
  },
  // ── feed: copies of its own ───────────────────────────────────────────────
  {
    owner: 'feed',
    wrong: (sql) => sql<{ what: string }>`
      SELECT 'author ' || mode.author_id || ' counts ' || follower_count || ' followers of ' || count(followee.follower_id) AS what
      FROM author_mode AS mode LEFT JOIN followee ON followee_id = mode.author_id AND follower_id <> followee_id
      GROUP BY mode.author_id HAVING follower_count <> count(followee.follower_id)`,
  },
];
