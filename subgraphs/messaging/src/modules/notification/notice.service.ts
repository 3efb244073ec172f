import type { Tx } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';
import type { NewInboxEntry } from '../../inbox/inbox-entry.js';
import type { InboxLogStore } from '../../inbox/inbox-log.store.js';
import type { CauseStore, Changed, Given, Hush, NewCause, PostState, Settled, Unsettled } from './cause.store.js';
import { type Cause, type Moment, ofMention } from './notification.causes.js';
import { joins, toldAs, withheld } from './notification.policy.js';
import type { RequestStore } from './request.store.js';

type CauseKey = Pick<Cause, 'userId' | 'kind' | 'subjectId' | 'sourceId'>;

/** Something that a person is told of for the first time, and where they want to be. */
export interface FirstTold {
  readonly cause: Settled;
  readonly given: Given;
  /** Whether a notification begins with it. */
  readonly opens: boolean;
}

/** Where else than in the app people are told. */
export interface Messenger {
  /** Notes what is to be sent; it is sent after the transaction, by and by. */
  note(tx: Tx, told: readonly FirstTold[]): Promise<void>;
}

export interface NoticeParts {
  readonly causes: CauseStore;
  readonly requests: RequestStore;
  readonly inbox: Pick<InboxLogStore, 'append'>;
  readonly messengers: readonly Messenger[];
}

/**
 * Makes notifications of what happens, in the transaction that takes note of it. Each fact is kept with the event that it is from, and what is shown
 * follows from the latest of them: so events may come again, late, and in any order.
 */
export class NoticeService {
  readonly #parts: NoticeParts;

  constructor(parts: NoticeParts) {
    this.#parts = parts;
  }

  /** Something has happened, or was taken back. */
  async tell(tx: Tx, causes: readonly Cause[], moment: Moment): Promise<void> {
    await this.#parts.inbox.append(tx, await this.#tell(tx, causes, moment));
  }

  async #tell(tx: Tx, causes: readonly Cause[], moment: Moment): Promise<readonly NewInboxEntry[]> {
    if (causes.length === 0) return [];
    const { causes: store, requests, messengers } = this.#parts;
    await store.lock(
      tx,
      causes.map(({ userId }) => userId),
    );
    const given = await store.given(tx, causes);
    const news = causes.map((cause, index): NewCause => {
      const circumstances = given[index];
      if (circumstances === undefined) throw new Error('what is settled about a cause was not read');
      return { ...cause, withheld: withheld(cause.kind, cause.actorId, moment.at, circumstances) };
    });
    await store.put(tx, news, moment);
    await requests.put(
      tx,
      news.filter((cause) => cause.withheld === 'FILTERED' && cause.isOn),
      moment.at,
    );
    const { settled, lines } = await this.#settle(tx, causes);
    const givenOf = new Map(causes.map((cause, index) => [keyOf(cause), given[index]]));
    const first = settled.flatMap(({ cause, isFirst, opens }) => {
      const circumstances = givenOf.get(keyOf(cause));
      return isFirst && circumstances !== undefined ? [{ cause, given: circumstances, opens }] : [];
    });
    for (const messenger of messengers) await messenger.note(tx, first);
    return lines;
  }

  /** People are not heard by others any more, or are heard again: what they did goes, and comes back. */
  async hush(tx: Tx, hushes: readonly Hush[], version: string): Promise<void> {
    const { causes, inbox } = this.#parts;
    await causes.lock(
      tx,
      hushes.map(({ userId }) => userId),
    );
    const lines: NewInboxEntry[] = [];
    for (const hush of hushes) {
      if (!(await causes.hush(tx, hush, version))) continue;
      lines.push(...(await this.#settle(tx, await causes.between(tx, hush.userId, hush.otherId))).lines);
    }
    await inbox.append(tx, lines);
  }

  /** Shows what has become free to be shown of what somebody did. */
  async release(tx: Tx, userId: string, actorId: string): Promise<void> {
    const { causes, inbox } = this.#parts;
    const { lines } = await this.#settle(tx, await causes.between(tx, userId, actorId));
    await inbox.append(tx, lines);
  }

  /**
   * How a post stands: what it takes along when it goes comes back with it. `mentionedUserIds` are those whom it names now; null where the event does
   * not say.
   */
  async post(tx: Tx, post: PostState, mentionedUserIds: readonly string[] | null, moment: Moment): Promise<void> {
    const { causes, inbox } = this.#parts;
    const before = await causes.post(tx, post.postId);
    if (!(await causes.putPost(tx, post, moment.version))) return;
    const unread = await causes.unreadOfPost(tx, post.postId);
    const lines = unread.flatMap(({ id, userId }): NewInboxEntry[] => {
      const [was, is] = [before === null || isThere(before, userId), isThere(post, userId)];
      return was === is ? [] : [{ userId, kind: is ? 'NOTIFICATION_ADDED' : 'NOTIFICATION_REMOVED', thingId: id }];
    });
    if (mentionedUserIds !== null) {
      const named = new Set(mentionedUserIds);
      const gone = (await causes.mentioned(tx, post.postId)).filter((userId) => !named.has(userId));
      const mentions = [
        ...[...named].flatMap((userId) => ofMention({ ...post, userId }, true)),
        ...gone.flatMap((userId) => ofMention({ ...post, userId }, false)),
      ];
      lines.push(...(await this.#tell(tx, mentions, moment)));
    }
    await inbox.append(tx, lines);
  }

  /** Whether all of it has happened and none was taken back. */
  async wasTold(tx: Tx, causes: readonly Cause[]): Promise<boolean> {
    for (const cause of causes) if (!(await this.#parts.causes.isOn(tx, cause))) return false;
    return true;
  }

  async #settle(tx: Tx, keys: readonly CauseKey[]) {
    const { causes } = this.#parts;
    const unsettled = keys.length === 0 ? [] : await causes.unsettled(tx, keys);
    if (unsettled.length === 0) return { settled: [], lines: [] };
    const { homes, openers } = await this.#homes(
      tx,
      unsettled.filter(({ notificationId }) => notificationId === null),
    );
    const settled = unsettled.map((cause) => {
      const notificationId = cause.notificationId ?? homes.get(keyOf(cause));
      if (notificationId === undefined) throw new Error('a cause has no notification');
      return { cause: { ...cause, notificationId }, isFirst: cause.notificationId === null, opens: openers.has(cause) };
    });
    const changed = await causes.settle(
      tx,
      settled.map(({ cause }) => cause),
    );
    const actorOf = new Map(settled.map(({ cause }) => [cause.notificationId, cause.actorId]));
    return { settled, lines: changed.flatMap((change) => line(change, actorOf.get(change.id) ?? null)) };
  }

  /** Where causes are to be shown that have been nowhere yet: in what is unread about the same, or in something new. */
  async #homes(
    tx: Tx,
    homeless: readonly Unsettled[],
  ): Promise<{ readonly homes: ReadonlyMap<string, string>; readonly openers: ReadonlySet<Unsettled> }> {
    const homes = new Map<string, string>();
    if (homeless.length === 0) return { homes, openers: new Set() };
    const { causes } = this.#parts;
    const gatherings = new Map(
      (await causes.gatherings(tx, homeless)).map((gathering) => [aboutOf(gathering), { id: gathering.id, beganAt: gathering.createdAt }]),
    );
    const opened: { readonly id: string; readonly by: Unsettled }[] = [];
    for (const cause of homeless) {
      const about = aboutOf(cause);
      let home = gatherings.get(about);
      if (home === undefined || !joins(cause.happenedAt, home.beganAt)) {
        home = { id: newId(), beganAt: cause.happenedAt };
        gatherings.set(about, home);
        opened.push({ id: home.id, by: cause });
      }
      homes.set(keyOf(cause), home.id);
    }
    if (opened.length > 0) {
      await causes.open(
        tx,
        opened.map(({ id }) => id),
        opened.map(({ by }) => by),
      );
    }
    return { homes, openers: new Set(opened.map(({ by }) => by)) };
  }
}

function line(change: Changed, actorId: string | null): readonly NewInboxEntry[] {
  const kind = toldAs(change);
  return kind === null ? [] : [{ userId: change.userId, kind, thingId: change.id, actorId }];
}

const isThere = ({ isGone, isPrivate, authorId }: PostState, userId: string): boolean => !isGone && (!isPrivate || authorId === userId);
const aboutOf = ({ userId, kind, subjectId }: Pick<Cause, 'userId' | 'kind' | 'subjectId'>): string => `${userId} ${kind} ${subjectId}`;
const keyOf = (cause: CauseKey): string => `${aboutOf(cause)} ${cause.sourceId}`;
