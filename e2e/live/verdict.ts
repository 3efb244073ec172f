import type { Told } from './watcher.js';

/** A line of the log, as the database has it. */
export interface LogLine {
  readonly position: number;
  readonly kind: 'POST_LIKED' | 'POST_UNLIKED' | 'COMMENT_ADDED' | 'COMMENT_EDITED' | 'COMMENT_DELETED';
  /** As in the graph. */
  readonly actorId: string;
  readonly commentId: string | null;
  readonly likeCount: number;
  readonly commentCount: number;
  readonly at: number;
}

/** What somebody received of a post. */
export interface Received {
  readonly position: number;
  readonly told: Told;
  readonly at: number;
}

/** One viewer before one post. */
export interface Case {
  /** After it everything was asked for. */
  readonly start: number;
  readonly log: readonly LogLine[];
  readonly received: readonly Received[];
  /** For how many milliseconds the person had surely been hidden from the viewer; 0 when they may not have been. */
  readonly hiddenFor: (actorId: string, at: number) => number;
  /** Whether the person may have been hidden at some moment between two. */
  readonly mayHaveBeenHidden: (actorId: string, from: number, to: number) => boolean;
  /** The same of the post. */
  readonly postHiddenFor: (at: number) => number;
  /** So many milliseconds an event may be on its way. */
  readonly slack: number;
}

export type Fault = 'lost' | 'twice' | 'out of order' | 'not theirs to see' | 'not what the log says';

const isLike = ({ commentId }: LogLine): boolean => commentId === null;

export interface Verdict {
  /** What is wrong with what one viewer received, each with where. */
  readonly faults: readonly { readonly fault: Fault; readonly position: number }[];
  /** By position: for how many milliseconds what came had been hidden. */
  readonly hidden: ReadonlyMap<number, number>;
}

export function verdictOf(one: Case): Verdict {
  const found: { fault: Fault; position: number }[] = [];
  const late = new Map<number, number>();
  const add = (fault: Fault, position: number): void => void found.push({ fault, position });
  const lines = new Map(one.log.map((line) => [line.position, line]));
  const seen = new Set<number>();
  let last = one.start;
  let likes = one.start;
  for (const { position, told, at } of one.received) {
    if (seen.has(position)) add('twice', position);
    else if (position <= last) add('out of order', position);
    const line = lines.get(position);
    if (line === undefined || !isOfLine(told, line, one.log)) add('not what the log says', position);
    else {
      const hidden = Math.max(one.postHiddenFor(at), Math.min(...doersOf(told, line, likes, one.log).map((id) => one.hiddenFor(id, at))));
      if (hidden > 0) late.set(position, hidden);
      if (hidden > one.slack) add('not theirs to see', position);
      if (isLike(line)) likes = position;
    }
    seen.add(position);
    last = Math.max(last, position);
  }
  for (const line of one.log) if (line.position > one.start && !seen.has(line.position) && isLost(line, one)) add('lost', line.position);
  return { faults: found, hidden: late };
}

function isOfLine(told: Told, line: LogLine, log: readonly LogLine[]): boolean {
  if (told.likeCount !== undefined && told.likeCount !== line.likeCount) return false;
  if (told.commentCount !== undefined && told.commentCount !== line.commentCount) return false;
  const liker = told.user?.id;
  if (liker !== undefined) return log.some((like) => isLike(like) && like.position <= line.position && like.actorId === liker);
  const commentId = told.comment?.id ?? told.commentId;
  return commentId === undefined ? isLike(line) : commentId === line.commentId;
}

/** Whose doing the event may be: of a like that says whose nobody else's, else anybody's whose like it stands for. */
function doersOf(told: Told, line: LogLine, likesBefore: number, log: readonly LogLine[]): readonly string[] {
  if (told.user != null) return [told.user.id];
  if (!isLike(line)) return [line.actorId];
  return log.filter((like) => isLike(like) && like.position > likesBefore && like.position <= line.position).map(({ actorId }) => actorId);
}

/** A line that did not come: it had to, unless it was hidden when its turn came, its comment was gone, or a later like says it too. */
function isLost(line: LogLine, { log, received, mayHaveBeenHidden }: Case): boolean {
  const next = received.find(({ position }) => position > line.position);
  if (next === undefined) return true;
  if (mayHaveBeenHidden(line.actorId, line.at, next.at)) return false;
  if (isLike(line)) return !received.some(({ position, told }) => position > line.position && told.likeCount !== undefined);
  const gone = log.find(
    ({ kind, commentId, position }) => kind === 'COMMENT_DELETED' && commentId === line.commentId && position > line.position,
  );
  return gone === undefined || gone.at > next.at;
}

/** Faults planted into a case that has none: those that {@link verdictOf} does not find. Null where the case is too short for that. */
export function overlooked(one: Case): readonly Fault[] | null {
  const index = one.received.findIndex(({ position }, at) => {
    const line = one.log.find((other) => other.position === position);
    const isLast = at === one.received.length - 1;
    return (
      !isLast && line?.kind === 'COMMENT_ADDED' && isLost(line, { ...one, received: one.received.filter((_any, other) => other !== at) })
    );
  });
  const [event, next] = one.received.slice(index, index + 2);
  if (index === -1 || event === undefined || next === undefined) return null;
  const others = (...instead: readonly Received[]): Case => ({ ...one, received: one.received.toSpliced(index, 2, ...instead) });
  const planted: readonly (readonly [Fault, Case])[] = [
    ['lost', others(next)],
    ['twice', others(event, event, next)],
    ['out of order', others(next, event)],
    ['not theirs to see', { ...one, hiddenFor: () => one.slack + 1 }],
    ['not what the log says', others({ ...event, told: { ...event.told, commentCount: -1 } }, next)],
  ];
  return planted.filter(([fault, bad]) => !verdictOf(bad).faults.some((found) => found.fault === fault)).map(([fault]) => fault);
}
