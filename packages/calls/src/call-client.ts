import type { Assertions, Claims, ViewerClaims } from '@plaza/auth/assertion';
import { CircuitBreaker } from '@plaza/kernel/circuit-breaker';
import { failpoint } from '@plaza/kernel/failpoint';
import { Fault, unavailable } from '@plaza/kernel/fault';
import { inTime } from '@plaza/kernel/in-time';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { traced } from '@plaza/telemetry/tracing';
import type { z } from 'zod';
import type { CallContract } from './call-contract.js';
import { assertionBody, type SubgraphPort } from './subgraph-port.js';

/** On whose behalf a call is made. */
export interface Asker {
  /** Null for a guest and for work that nobody asked for. */
  readonly viewer: ViewerClaims | null;
  readonly requestId: string;
  /** When the asker's own answer must be out, in milliseconds since 1970; without it nobody said. */
  readonly deadline?: number;
  /** Id of the trace's span that asks. */
  readonly span?: string;
}

/** Where the subgraphs are. Filled while they start; a lookup happens at each call. */
export type Ports = (name: SubgraphName) => SubgraphPort | undefined;

const TIMEOUT_MS = 2_000;
/** Of the time that is left; the rest is the asker's, to make an answer of what it has. */
const SHARE = 0.75;
/** A failure that took so long, or all of its time, counts for the breaker. */
const SLOW_MS = 1_000;
/** Timers may ring a little before their time. */
const ALL = 0.9;

/**
 * Asks other subgraphs, with a signed assertion, within two seconds and the time that the asker has. Whom several questions in a row waited for in
 * vain is not asked for a while.
 */
export class CallClient {
  readonly #issuer: string;
  readonly #assertions: Assertions;
  readonly #ports: Ports;
  readonly #breakers = new Map<SubgraphName, CircuitBreaker>();

  /** `issuer` is who asks: a subgraph's name or `gateway`. */
  constructor(issuer: string, assertions: Assertions, ports: Ports) {
    this.#issuer = issuer;
    this.#assertions = assertions;
    this.#ports = ports;
  }

  /** @throws Fault UNAVAILABLE when the owner does not answer in time; other Faults as the owner threw them. */
  async ask<Input extends z.ZodType, Output extends z.ZodType>(
    contract: CallContract<Input, Output>,
    input: z.input<Input>,
    asker: Asker,
  ): Promise<z.output<Output>> {
    const port = this.#ports(contract.owner);
    if (port === undefined) throw unavailable(contract.owner);
    const { viewer, requestId, deadline } = asker;
    const withinMs = deadline === undefined ? TIMEOUT_MS : Math.min(TIMEOUT_MS, (deadline - Date.now()) * SHARE);
    if (withinMs <= 0) throw unavailable(contract.name, new Error('no time was left'));
    const breaker = this.#breaker(contract.owner);
    if (!breaker.enter()) throw unavailable(contract.name, new Error('rests after it did not answer'));
    const send = async (span: string | undefined): Promise<unknown> => {
      const claims: Claims = {
        viewer,
        requestId,
        issuer: this.#issuer,
        address: null,
        userAgent: null,
        deadline: Date.now() + Math.floor(withinMs),
        ...(span === undefined ? {} : { span }),
      };
      const call = async (): Promise<unknown> => {
        await failpoint(`call.${contract.name}`);
        if (port.callFor !== undefined) return port.callFor(contract.name, input, { by: this.#assertions, claims, told: {} });
        return port.call(contract.name, input, this.#assertions.mint(claims, contract.owner, assertionBody.call(contract.name, input)));
      };
      return inTime(call(), withinMs, contract.name);
    };
    const askedAt = performance.now();
    try {
      const answer = await traced({ name: `call ${contract.name}`, kind: 'client', requestId, parent: asker.span }, send);
      breaker.succeeded();
      return contract.output.parse(answer);
    } catch (error) {
      const isAway = !(error instanceof Fault) || error.code === 'UNAVAILABLE';
      if (isAway && performance.now() - askedAt >= Math.min(SLOW_MS, withinMs * ALL)) breaker.failed();
      else breaker.passed();
      throw error instanceof Fault ? error : unavailable(contract.name, error);
    }
  }

  #breaker(owner: SubgraphName): CircuitBreaker {
    let breaker = this.#breakers.get(owner);
    if (breaker === undefined) {
      breaker = new CircuitBreaker();
      this.#breakers.set(owner, breaker);
    }
    return breaker;
  }
}
