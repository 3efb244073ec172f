import type { Letter } from '@plaza/mail/letter';
import type { DigestCount } from './digest.store.js';
import type { NotificationKind } from './notification.policy.js';

const WORDS: Readonly<Record<NotificationKind, readonly [one: string, many: string]>> = {
  FOLLOW: ['new follower', 'new followers'],
  FOLLOW_REQUEST: ['request to follow you', 'requests to follow you'],
  LIKE: ['like of your posts', 'likes of your posts'],
  COMMENT: ['comment on your posts', 'comments on your posts'],
  REPLY: ['answer to your comments', 'answers to your comments'],
  REPOST: ['repost of your posts', 'reposts of your posts'],
  MENTION: ['mention of you', 'mentions of you'],
  ORDER: ['change of your orders', 'changes of your orders'],
  ORDER_PLACED: ['order that waits for its payment', 'orders that wait for their payment'],
  ORDER_PAID: ['sale', 'sales'],
};

/** What happened since the last one, in numbers: nobody's words and names but the reader's handle. */
export function digestLetter(handle: string, counts: readonly DigestCount[], links: { readonly unsubscribe: string }): Letter {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  return {
    subject: total === 1 ? 'One thing is new on Plaza' : `${total} things are new on Plaza`,
    paragraphs: [
      `Hello @${handle},`,
      ['this is new:', ...counts.map(({ kind, count }) => `${count} ${WORDS[kind][count === 1 ? 0 : 1]}`)].join('\n'),
    ],
    footer: [`Plaza wrote to this address because of the account @${handle}.`, `No more of these: ${links.unsubscribe}`],
  };
}
