import { expect, it } from 'vitest';
import { formatAmount } from './amount.js';

it.each([
  ['1250', 'USD', '$12.50'],
  ['5', 'USD', '$0.05'],
  ['0', 'EUR', '€0.00'],
  ['95000', 'VND', '₫95,000'],
  ['800', 'JPY', '¥800'],
  ['1234', 'KWD', 'KWD\u00a01.234'],
  ['900719925474099312', 'USD', '$9,007,199,254,740,993.12'],
])('shows %s %s as %s', (amountMinor, currencyCode, shown) => {
  expect(formatAmount({ amountMinor, currencyCode })).toBe(shown);
});
