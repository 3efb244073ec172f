import type { Assertions, Claims, ViewerClaims } from '@plaza/auth/assertion';
import { Fault, unavailable } from '@plaza/kernel/fault';
import { inTime } from '@plaza/kernel/in-time';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import type { z } from 'zod';
import type { CallContract } from './call-contract.js';
import { assertionBody, type SubgraphPort } from './subgraph-port.js';

/** On whose behalf a call is made. */
export interface Asker {
  /** Null for a guest and for work that nobody asked for. */
  readonly viewer: ViewerClaims | null;
  readonly requestId: string;
}

/** Where the subgraphs are. Filled while they start; a lookup happens at each call. */
export type Ports = (name: SubgraphName) => SubgraphPort | undefined;

const TIMEOUT_MS = 2_000;

/** Asks other subgraphs, with a signed assertion and a deadline of two seconds. */
export class CallClient {
  readonly #issuer: string;
  readonly #assertions: Assertions;
  readonly #ports: Ports;

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
    const claims: Claims = { ...asker, issuer: this.#issuer, address: null, userAgent: null };
    const assertion = this.#assertions.mint(claims, contract.owner, assertionBody.call(contract.name, input));
    const answer = await inTime(port.call(contract.name, input, assertion), TIMEOUT_MS, contract.name).catch((cause: unknown) => {
      throw cause instanceof Fault ? cause : unavailable(contract.name, cause);
    });
    return contract.output.parse(answer);
  }
}
