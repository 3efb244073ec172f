/** Where everybody has their goods sent. */
export const ADDRESS = { name: 'Binh', line1: '1 Hang Gai', city: 'Ha Noi', postalCode: '10000', countryCode: 'VN' };
