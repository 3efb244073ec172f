/** `npm run events`: see HELP. */
import { parseArgs } from 'node:util';
import { readConfig } from '@plaza/embedded/config';
import { kafkaClient } from '@plaza/events/kafka/client';
import { type DeadLetter, readDead, replayDead } from '@plaza/events/kafka/dead-letters';
import { lagOf, topicNames } from '@plaza/events/kafka/topics';
import { readKafka } from '@plaza/events/kafka/variables';
import { SUBSCRIPTIONS } from '@plaza/events/subscriptions';
import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';
import { addressesFile, withAddresses } from '@plaza/native/addresses';

const HELP = `Usage: npm run events -- lag
       npm run events -- dead   [--consumer feed]
       npm run events -- replay [--consumer feed]

Looks into the Kafka by which events go (the KAFKA_ variables of the environment, or what npm run infra:up has written to
PLAZA_DATA_DIR/infra).

  lag     how many events of each owner each consumer has still to look at
  dead    what consumers refused too often and put aside, and why
  replay  lets them try again what they have put aside, in the order in which they did; what is refused again is put aside again

  --consumer <name>  one consumer alone
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { consumer: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});
const out = (line: string): void => void process.stdout.write(`${line}\n`);
const [command] = positionals;
const consumers = SUBGRAPH_NAMES.filter((name) => name in SUBSCRIPTIONS && (values.consumer ?? name) === name);

if (values.help === true) process.stdout.write(HELP);
else if (positionals.length !== 1 || consumers.length === 0 || (command !== 'lag' && command !== 'dead' && command !== 'replay')) {
  process.stderr.write(HELP);
  process.exitCode = 2;
} else {
  try {
    await main(command);
  } catch (cause) {
    process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
    process.exitCode = 1;
  }
}

async function main(what: 'lag' | 'dead' | 'replay'): Promise<void> {
  const { dataDir } = readConfig(process.env);
  const environment = await withAddresses(dataDir, process.env);
  const address = readKafka(environment);
  if (address === undefined) throw new Error(`KAFKA_BROKERS is not set, and not in ${addressesFile(dataDir)}`);
  const kafka = kafkaClient(address);
  const names = topicNames(address.prefix);
  for (const consumer of consumers) {
    if (what === 'lag')
      for (const [owner, count] of await lagOf(kafka, names, consumer)) out(`${consumer.padEnd(10)} ${owner.padEnd(10)} ${String(count)}`);
    else if (what === 'replay') out(`${consumer.padEnd(10)} ${String(await replayDead(kafka, names, consumer))} brought back`);
    else show(consumer, await readDead(kafka, names, consumer));
  }
}

function show(consumer: SubgraphName, letters: readonly DeadLetter[]): void {
  out(`${consumer.padEnd(10)} ${String(letters.length)} put aside`);
  for (const { at, eventId, contract, from, reason } of letters) out(`  ${at.toISOString()}  ${eventId}  ${contract}  ${from}  ${reason}`);
}
