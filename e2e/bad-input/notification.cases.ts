import { type BadInput, invalid, long, missing } from './case.js';

export const NOTIFICATION_CASES: readonly BadInput[] = [
  ...['markNotificationsRead', 'dismissNotification'].flatMap((mutation) => {
    const field = mutation === 'dismissNotification' ? 'notificationId' : 'upTo';
    return [
      missing(mutation, 'a malformed id', () => ({ [field]: 'notification_' })),
      missing(mutation, 'the id of another kind of thing', (ids) => ({ [field]: ids.post })),
    ];
  }),
  invalid('setNotificationPreference', 'inApp', 'no change', () => ({ kind: 'LIKE' })),
  invalid('setNotificationPolicy', 'newAccounts', 'no change', () => ({})),
  ...['acceptNotificationRequest', 'dismissNotificationRequest'].flatMap((mutation) => [
    missing(mutation, 'somebody who never was', (ids) => ({ userId: ids.noUser })),
    missing(mutation, 'a malformed id', () => ({ userId: 'user_' })),
  ]),
  invalid('registerNotificationEndpoint', 'address', 'no address', () => ({ channel: 'FCM', address: '' })),
  invalid('registerNotificationEndpoint', 'address', 'a number that is none', () => ({ channel: 'SMS', address: '0123' })),
  invalid('registerNotificationEndpoint', 'address', 'an address without encryption', () => ({
    channel: 'WEB_PUSH',
    address: 'http://push.example.org',
  })),
  invalid('registerNotificationEndpoint', 'address', 'an endless address', () => ({ channel: 'APNS', address: long(2_001) })),
  missing('removeNotificationEndpoint', 'a malformed id', () => ({ endpointId: 'endpoint' })),
  invalid('unsubscribeFromDigest', 'token', 'a token of nobody’s', () => ({ token: 'nonsense' })),
];
