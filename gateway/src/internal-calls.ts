import type { CallClient } from '@plaza/calls/call-client';
import { publicKeys, revokedSessions, sessionsSeen } from '@plaza/calls/contracts/accounts.calls';
import { blocksOf } from '@plaza/calls/contracts/social.calls';
import { MAX_IDS_PER_CALL } from '@plaza/calls/call-contract';
import { RelationEpochs } from '@plaza/calls/relation-epochs';
import { newId } from '@plaza/kernel/id';
import type { ReadEpoch } from './identity/epochs.js';
import type { FetchKeys } from './identity/key-set.js';
import type { ReadRevoked } from './identity/revoked-sessions.js';
import type { ReportSeen } from './identity/sessions-seen.js';
import type { ReadBlocks } from './live/blocks.js';

/** The only questions that the gateway asks in its own name. Each @throws Fault UNAVAILABLE */
export interface InternalCalls {
  readonly fetchKeys: FetchKeys;
  readonly readRevoked: ReadRevoked;
  readonly reportSeen: ReportSeen;
  readonly readEpoch: ReadEpoch;
  readonly readBlocks: ReadBlocks;
}

export function internalCalls(calls: CallClient): InternalCalls {
  const epochs = new RelationEpochs(calls);
  const nobody = () => ({ viewer: null, requestId: newId() });
  return {
    fetchKeys: async () => (await calls.ask(publicKeys, {}, nobody())).keys,
    readRevoked: (since) => calls.ask(revokedSessions, { since }, nobody()),
    async reportSeen(sessionIds) {
      await calls.ask(sessionsSeen, { sessionIds: [...sessionIds] }, nobody());
    },
    async readBlocks(users, heardIds) {
      const slices = [];
      for (let from = 0; from < Math.max(users.length, heardIds.length); from += MAX_IDS_PER_CALL) {
        const to = from + MAX_IDS_PER_CALL;
        slices.push(await calls.ask(blocksOf, { users: users.slice(from, to), heardIds: heardIds.slice(from, to) }, nobody()));
      }
      return { users: slices.flatMap((slice) => slice.users), muters: slices.flatMap((slice) => slice.muters) };
    },
    readEpoch: (userId) => epochs.of(userId),
  };
}
