/** Somebody of the demo. */
export interface DemoPerson {
  readonly handle: string;
  readonly displayName: string;
  readonly bio: string;
  /** A file of `photos`. */
  readonly avatar: string;
  readonly locale: 'en' | 'vi' | 'zh-Hans';
  readonly timeZone: string;
  /** Handles. */
  readonly follows: readonly string[];
  readonly isLocked?: boolean;
}

/** Everybody of the demo signs in with it. */
export const DEMO_PASSWORD = 'plaza-welcomes-you';

export const PEOPLE: readonly DemoPerson[] = [
  {
    handle: 'anna',
    displayName: 'Anna Keller',
    bio: 'Mountains on weekends, maps on weekdays.',
    avatar: 'aitzgorri_by_aitzol_berasategi.jpg',
    locale: 'en',
    timeZone: 'Europe/Zurich',
    follows: ['binh', 'chen', 'marco', 'linh', 'yuki_w', 'sofia', 'lan_anh'],
  },
  {
    handle: 'marco',
    displayName: 'Marco Silva',
    bio: 'Roaster, baker, early riser. Porto.',
    avatar: 'coffee.jpg',
    locale: 'en',
    timeZone: 'Europe/Lisbon',
    follows: ['anna', 'sofia', 'nora', 'binh', 'mei'],
  },
  {
    handle: 'sofia',
    displayName: 'Sofia Lindqvist',
    bio: 'I paint what I cannot say.',
    avatar: 'picture_1a_by_freespace.jpg',
    locale: 'en',
    timeZone: 'Europe/Stockholm',
    follows: ['anna', 'marco', 'nora', 'mei', 'linh'],
  },
  {
    handle: 'nora',
    displayName: 'Nora Adeyemi',
    bio: 'Rockets, telescopes, and a cat called Chelsea.',
    avatar: 'astronaut.jpg',
    locale: 'en',
    timeZone: 'America/New_York',
    follows: ['anna', 'wei', 'chen', 'marco'],
  },
  {
    handle: 'binh',
    displayName: 'Nguyễn Văn Bình',
    bio: 'Chụp ảnh lúc rảnh, uống cà phê lúc bận.',
    avatar: 'sunset_by_aitzol_berasategi.jpg',
    locale: 'vi',
    timeZone: 'Asia/Ho_Chi_Minh',
    follows: ['anna', 'chen', 'linh', 'lan_anh', 'quang', 'marco'],
  },
  {
    handle: 'linh',
    displayName: 'Trần Mỹ Linh',
    bio: 'Bếp nhỏ, vườn nhỏ, niềm vui to.',
    avatar: 'picture_0b_by_freespace.jpg',
    locale: 'vi',
    timeZone: 'Asia/Ho_Chi_Minh',
    follows: ['binh', 'lan_anh', 'anna', 'mei', 'sofia'],
  },
  {
    handle: 'lan_anh',
    displayName: 'Phạm Lan Anh',
    bio: 'Đi bộ đường dài. Đà Nẵng → khắp nơi.',
    avatar: 'picosdeeuropa_by_aitzol_berasategi.jpg',
    locale: 'vi',
    timeZone: 'Asia/Ho_Chi_Minh',
    follows: ['binh', 'linh', 'quang', 'anna', 'yuki_w'],
  },
  {
    handle: 'quang',
    displayName: 'Lê Minh Quang',
    bio: 'Nhạc sống và loa cũ. Tài khoản riêng, cứ gửi lời mời nhé.',
    avatar: 'wine_by_jakkub_mede.jpg',
    locale: 'vi',
    timeZone: 'Asia/Ho_Chi_Minh',
    follows: ['binh', 'lan_anh', 'wei'],
    isLocked: true,
  },
  {
    handle: 'chen',
    displayName: '陈思远',
    bio: '白天写代码，晚上看星星。',
    avatar: 'hubble_deep_field.jpg',
    locale: 'zh-Hans',
    timeZone: 'Asia/Shanghai',
    follows: ['anna', 'binh', 'mei', 'wei', 'yuki_w', 'nora'],
  },
  {
    handle: 'mei',
    displayName: '林梅',
    bio: '做陶、种花、养猫。',
    avatar: 'chelsea.jpg',
    locale: 'zh-Hans',
    timeZone: 'Asia/Taipei',
    follows: ['chen', 'yuki_w', 'linh', 'sofia', 'anna'],
  },
  {
    handle: 'wei',
    displayName: '王伟',
    bio: '桥梁工程师，爱拍钢索和天空。',
    avatar: 'bridge_by_sander_klootwijk.jpg',
    locale: 'zh-Hans',
    timeZone: 'Asia/Shanghai',
    follows: ['chen', 'nora', 'quang', 'mei'],
  },
  {
    handle: 'yuki_w',
    displayName: '吴雪',
    bio: '山野与小溪，慢慢走。',
    avatar: 'life_by_aitzol_berasategi.jpg',
    locale: 'zh-Hans',
    timeZone: 'Asia/Hong_Kong',
    follows: ['mei', 'chen', 'lan_anh', 'anna'],
  },
];
