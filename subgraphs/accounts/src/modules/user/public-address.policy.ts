import { BlockList, isIP } from 'node:net';

/** IANA's special-purpose IPv4 networks: nothing in them is a page of the public web. */
const SPECIAL_V4 = `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24
  192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4`;
/** Within global unicast: protocol assignments with Teredo, documentation, 6to4. */
const SPECIAL_V6 = '2001::/23 2001:db8::/32 2002::/16 3fff::/20';

const special = new BlockList();
for (const network of SPECIAL_V4.split(/\s+/u)) add(special, network, 'ipv4');
for (const network of SPECIAL_V6.split(' ')) add(special, network, 'ipv6');
/** All that is handed out to the public; loopback, mapped, NAT64, local and link-local addresses lie outside. */
const global = new BlockList();
add(global, '2000::/3', 'ipv6');

/** Whether an address may be connected to on somebody's word. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !special.check(address, 'ipv4');
  return isIP(address) === 6 && !address.includes('%') && global.check(address, 'ipv6') && !special.check(address, 'ipv6');
}

function add(list: BlockList, network: string, family: 'ipv4' | 'ipv6'): void {
  const [address = '', bits = ''] = network.split('/');
  list.addSubnet(address, Number(bits), family);
}
