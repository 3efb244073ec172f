import { on, type Reaction } from '@plaza/events/consumer';
import { orderChanged } from '@plaza/events/contracts/commerce.events';
import { postDeleted, postEdited, postPublished, postRestored } from '@plaza/events/contracts/content.events';
import {
  blockCreated,
  blockRemoved,
  commentAdded,
  commentDeleted,
  followCreated,
  followRemoved,
  followRequestClosed,
  followRequested,
  muteCreated,
  muteRemoved,
  postLiked,
  postReposted,
  postUnliked,
  repostUndone,
} from '@plaza/events/contracts/social.events';
import type { EventEnvelope } from '@plaza/events/envelope';
import type { PayloadOf } from '@plaza/events/event-contract';
import type { Hush } from '../modules/notification/cause.store.js';
import type { NoticeService } from '../modules/notification/notice.service.js';
import { type Moment, ofAttention, ofBuyer, ofComment, ofFollow, ofOrder } from '../modules/notification/notification.causes.js';

/** What happens elsewhere and somebody is told of, taken back as well. */
export function onNoticedEvents(notices: NoticeService): readonly Reaction[] {
  const post = { isGone: false, isPrivate: false };
  const shown = ({ postId, authorId, audience }: PayloadOf<typeof postPublished>) => ({
    ...post,
    postId,
    authorId,
    isPrivate: audience === 'ONLY_ME',
  });
  return [
    on(followCreated, (event, tx, envelope) => notices.tell(tx, ofFollow('FOLLOW', event, true), momentOf(envelope))),
    on(followRemoved, (event, tx, envelope) => notices.tell(tx, ofFollow('FOLLOW', event, false), momentOf(envelope))),
    on(followRequested, (event, tx, envelope) => notices.tell(tx, ofFollow('FOLLOW_REQUEST', event, true), momentOf(envelope))),
    on(followRequestClosed, (event, tx, envelope) => notices.tell(tx, ofFollow('FOLLOW_REQUEST', event, false), momentOf(envelope))),
    on(postLiked, (event, tx, envelope) => notices.tell(tx, ofAttention('LIKE', event, true), momentOf(envelope))),
    on(postUnliked, (event, tx, envelope) => notices.tell(tx, ofAttention('LIKE', event, false), momentOf(envelope))),
    on(postReposted, (event, tx, envelope) => notices.tell(tx, ofAttention('REPOST', event, true), momentOf(envelope))),
    on(repostUndone, (event, tx, envelope) => notices.tell(tx, ofAttention('REPOST', event, false), momentOf(envelope))),
    on(commentAdded, (event, tx, envelope) => notices.tell(tx, ofComment(event, true), momentOf(envelope))),
    on(commentDeleted, (event, tx, envelope) => notices.tell(tx, ofComment(event, false), momentOf(envelope))),
    on(postPublished, (event, tx, envelope) => notices.post(tx, shown(event), event.mentionedUserIds, momentOf(envelope))),
    on(postEdited, (event, tx, envelope) => notices.post(tx, shown(event), event.mentionedUserIds, momentOf(envelope))),
    on(postRestored, (event, tx, envelope) => notices.post(tx, shown(event), event.mentionedUserIds, momentOf(envelope))),
    on(postDeleted, (event, tx, envelope) => notices.post(tx, { ...post, ...event, isGone: true }, null, momentOf(envelope))),
    on(blockCreated, (event, tx, { id }) => notices.hush(tx, blocked(event, true), id)),
    on(blockRemoved, (event, tx, { id }) => notices.hush(tx, blocked(event, false), id)),
    on(muteCreated, (event, tx, { id }) => notices.hush(tx, [muted(event, true)], id)),
    on(muteRemoved, (event, tx, { id }) => notices.hush(tx, [muted(event, false)], id)),
    on(orderChanged, async (event, tx, envelope) => {
      const wasPaid = await notices.wasTold(tx, ofBuyer({ ...event, status: 'CONFIRMED' }));
      await notices.tell(tx, ofOrder(event, wasPaid), momentOf(envelope));
    }),
  ];
}

const momentOf = ({ id, occurredAt }: EventEnvelope): Moment => ({ version: id, at: new Date(occurredAt) });

const muted = ({ muterId, mutedId }: PayloadOf<typeof muteCreated>, isOn: boolean): Hush => ({
  userId: muterId,
  otherId: mutedId,
  reason: 'MUTES',
  isOn,
});

const blocked = ({ blockerId, blockedId }: PayloadOf<typeof blockCreated>, isOn: boolean): readonly Hush[] => [
  { userId: blockerId, otherId: blockedId, reason: 'BLOCKS', isOn },
  { userId: blockedId, otherId: blockerId, reason: 'BLOCKED_BY', isOn },
];
