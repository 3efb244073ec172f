import { Assertions, type ViewerClaims } from '@plaza/auth/assertion';
import { CallClient, type Ports } from '@plaza/calls/call-client';
import { PeopleCache } from '@plaza/calls/people';
import { assertionBody, type SubgraphPort } from '@plaza/calls/subgraph-port';
import { systemClock } from '@plaza/kernel/clock';
import { newId } from '@plaza/kernel/id';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { doorBus } from '@plaza/events/door-bus';
import { InProcessBus } from '@plaza/live/in-process-bus';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import { createLogger } from '@plaza/telemetry/logger';

/** The secret of tests. */
export const TEST_SECRET = Buffer.alloc(32, 42);

/** What a subgraph is started with in its own tests. `ports` are the other rooms, as far as it asks them. */
export function testHost(name: SubgraphName, databaseUrl: string, dataDir: string, ports: Ports = () => undefined): SubgraphHost {
  const assertions = new Assertions(TEST_SECRET);
  return {
    databaseUrl,
    secret: TEST_SECRET,
    assertions,
    calls: new CallClient(name, assertions, ports),
    people: new PeopleCache(),
    bus: new InProcessBus(),
    events: doorBus,
    ports,
    clock: systemClock,
    logger: createLogger('silent', name),
    dataDir,
    publicUrl: 'http://localhost:4000',
  };
}

/** A person as the gateway would vouch for them. */
export const viewerClaims = (id: string = newId()): ViewerClaims => ({ id, sessionId: newId(), epoch: 0, scopes: [] });

/** What came out of a subgraph's GraphQL door, as JSON. */
export interface DoorAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[];
}

/** Knocks at a subgraph's GraphQL door as the gateway does. */
export function gatewayAt(
  port: SubgraphPort,
): (query: string, variables?: Record<string, unknown>, viewer?: ViewerClaims | null) => Promise<DoorAnswer> {
  const assertions = new Assertions(TEST_SECRET);
  return async (query, variables = {}, viewer = null) => {
    const claims = { viewer, issuer: 'gateway', requestId: newId(), address: '127.0.0.1', userAgent: 'test' };
    const request = { query, variables };
    const result = await port.execute(request, assertions.mint(claims, port.name, assertionBody.execute(request)));
    return JSON.parse(JSON.stringify(result)) as DoorAnswer;
  };
}
