/** A note of the demo. */
export interface DemoPost {
  readonly author: string;
  readonly language: 'en' | 'vi' | 'zh-Hans';
  readonly text: string;
  /** A file of `photos` and what it shows. */
  readonly photo?: readonly [file: string, altText: string];
  /** PUBLIC when left out. */
  readonly audience?: 'FOLLOWERS' | 'MUTUALS' | 'ONLY_ME';
  readonly contentWarning?: string;
}

const en = 'en';
const vi = 'vi';
const zh = 'zh-Hans';

/** The oldest first. */
export const POSTS: readonly DemoPost[] = [
  {
    author: 'anna',
    language: en,
    text: 'Hello Plaza! First note from up here. #mountains',
    photo: ['aitzgorri_by_aitzol_berasategi.jpg', 'A green meadow below a grey ridge, autumn woods between them'],
  },
  { author: 'binh', language: vi, text: 'Chào cả nhà! Mình là Bình, thích chụp ảnh và đi lang thang. #xinchào' },
  { author: 'chen', language: zh, text: '大家好，第一次来 Plaza。这里的夜空安静吗？ #你好' },
  {
    author: 'marco',
    language: en,
    text: 'Six in the morning, first cup of the day. #coffee',
    photo: ['coffee.jpg', 'A red cup of espresso on a wooden table'],
  },
  {
    author: 'linh',
    language: vi,
    text: 'Quả sung đầu mùa, ngọt như mật. #bếpnhỏ',
    photo: ['picture_0b_by_freespace.jpg', 'Nửa quả sung trong chiếc bát đỏ'],
  },
  {
    author: 'mei',
    language: zh,
    text: '今天的主角是它。盯着我看了整整十分钟。 #猫',
    photo: ['chelsea.jpg', '一只虎斑猫的脸，眼睛看向右边'],
  },
  {
    author: 'nora',
    language: en,
    text: 'Launch night. You feel it in your ribs before you hear it. #space',
    photo: ['rocket.jpg', 'A rocket on its pad at dusk between four lightning towers'],
  },
  { author: 'wei', language: zh, text: '钢索、天空、风。今天的工地。 #桥', photo: ['bridge_by_sander_klootwijk.jpg', '蓝天下交叉的桥索'] },
  {
    author: 'sofia',
    language: en,
    text: 'Clean brushes: the calm before the storm. #studio',
    photo: ['picture_1a_by_freespace.jpg', 'Paint brushes with bristles in blue, pink and green'],
  },
  {
    author: 'lan_anh',
    language: vi,
    text: 'Đường mòn này dài 21 cây số và không có quán cà phê nào. Đáng lắm! #trekking',
    photo: ['picosdeeuropa_by_aitzol_berasategi.jpg', 'Lối mòn dẫn tới dãy núi đá còn tuyết'],
  },
  {
    author: 'yuki_w',
    language: zh,
    text: '溪水声可以循环播放一整天。 #山野',
    photo: ['life_by_aitzol_berasategi.jpg', '林间溪流从石阶上流下'],
  },
  {
    author: 'quang',
    language: vi,
    text: 'Tối nay chơi nhạc ở nhà, ai rảnh ghé nhé.',
    photo: ['wine_by_jakkub_mede.jpg', 'Chiếc trống trên ghế lười, chai vang trên bàn'],
    audience: 'FOLLOWERS',
  },
  { author: 'anna', language: en, text: 'Rule of the day: if the map and the ground disagree, believe the ground. #maps' },
  {
    author: 'chen',
    language: zh,
    text: '一张照片里有上万个星系，而我连袜子都找不到另一只。 #天文',
    photo: ['hubble_deep_field.jpg', '黑色背景上的许多遥远星系'],
  },
  {
    author: 'binh',
    language: vi,
    text: 'Mặt trời xuống núi, gió lạnh lên vai. #hoànghôn',
    photo: ['sunset_by_aitzol_berasategi.jpg', 'Mặt trời lặn sau dãy núi, bàn đá ở tiền cảnh'],
  },
  { author: 'marco', language: en, text: 'Bread update: the sourdough starter is now older than my last three phones together.' },
  {
    author: 'nora',
    language: en,
    text: 'Today in the archive: Eileen Collins, first woman to command a Space Shuttle. #space',
    photo: ['astronaut.jpg', 'Eileen Collins in an orange launch suit, a model of the Shuttle behind her'],
  },
  { author: 'mei', language: zh, text: '新做的杯子出窑了，裂了三个，活了五个。算赢。 #陶艺' },
  { author: 'linh', language: vi, text: 'Hỏi thật: nước mắm trước hay đường trước khi kho cá? #bếpnhỏ' },
  {
    author: 'sofia',
    language: en,
    text: 'Two neighbours who never miss anything. #dogs',
    photo: ['friends_by_aitzol_berasategi.jpg', 'Two brown dogs look out of a window of a wooden house'],
  },
  { author: 'wei', language: zh, text: '有人问桥为什么要晃。因为不晃的桥会断。' },
  { author: 'yuki_w', language: zh, text: '吹一口气，整片草地都在飞。', photo: ['seeding_by_clements_engelhardt.jpg', '逆光下的蒲公英'] },
  { author: 'lan_anh', language: vi, text: 'Danh sách mang theo: nước, bánh mì, tất khô, và một người bạn biết kể chuyện. @binh' },
  {
    author: 'anna',
    language: en,
    text: 'Breakfast with @marco in Porto. He is right about the coffee. I will never say so again. #coffee',
  },
  { author: 'chen', language: zh, text: '今晚十点，天台见。带上毯子，@yuki_w @mei', audience: 'FOLLOWERS' },
  {
    author: 'binh',
    language: vi,
    text: 'Bắt được một vị khách nhỏ trong vườn. #thiênnhiên',
    photo: ['dragonfly_by_bolly.jpg', 'Con chuồn chuồn đậu trên cành khô giữa tán lá'],
  },
  { author: 'marco', language: en, text: 'Question for the tea people: do you also talk to your kettle? #coffee' },
  { author: 'nora', language: en, text: 'Chelsea has learned to open the telescope case. She has not learned to close it. #cats' },
  { author: 'quang', language: vi, text: 'Sửa xong chiếc loa cũ của ba. Tiếng ấm hơn mình nhớ.', audience: 'FOLLOWERS' },
  {
    author: 'sofia',
    language: en,
    text: 'Scratched glass, morning light. No filter, no plan. #abstract',
    photo: ['analogpattern_by_peter_nerlich.jpg', 'A rough surface that fades from green to violet'],
  },
  { author: 'mei', language: zh, text: '阳台的栀子开了，整栋楼都香。 #种花' },
  {
    author: 'wei',
    language: zh,
    text: '下班路上看到的钟，比我还急。',
    photo: ['greentock_by_peter_nerlich.jpg', '一面斜放的灰色挂钟，指针投下影子'],
  },
  { author: 'linh', language: vi, text: 'Vườn sân thượng: 12 cây ớt, 3 cây chanh, 0 chỗ phơi đồ.' },
  { author: 'yuki_w', language: zh, text: '雨天徒步小贴士：别穿新鞋。真的别穿新鞋。 #徒步' },
  { author: 'lan_anh', language: vi, text: 'Bà ngoại nói: đi chậm thì thấy nhiều. Bà chưa bao giờ sai.' },
  {
    author: 'anna',
    language: en,
    text: 'A wooden bird above the breakfast table of a hut at 2,300 m. Best company so far.',
    photo: ['free_by_peter_nerlich.jpg', 'A carved bird with spread wings hangs below round lamps'],
  },
  { author: 'chen', language: zh, text: '写了一天的测试，终于全绿。今晚允许自己吃两碗面。' },
  { author: 'binh', language: vi, text: 'Cà phê sữa đá hay bạc xỉu? Trả lời cẩn thận, tình bạn này phụ thuộc vào nó. #càphê' },
  { author: 'marco', language: en, text: 'Recipe: flour, water, salt, patience. The last one is out of stock at my shop too. #bread' },
  { author: 'nora', language: en, text: 'If you have ten minutes of clear sky tonight: Saturn is up in the south after nine. #astronomy' },
  { author: 'sofia', language: en, text: 'Sold my first large canvas. I miss it already.' },
  { author: 'mei', language: zh, text: '和 @linh 交换了食谱：她教我鱼露，我教她豆豉。 #美食' },
  { author: 'wei', language: zh, text: '今天通车。两年零四个月，谢谢每一位同事。 #桥' },
  { author: 'linh', language: vi, text: 'Món mới học từ @mei: đậu phụ sốt tàu xì. Cả nhà ăn sạch nồi. #bếpnhỏ' },
  { author: 'quang', language: vi, text: 'Bài hát đầu tiên mình viết xong sau năm năm. Chỉ bạn thân nghe thử thôi.', audience: 'MUTUALS' },
  { author: 'yuki_w', language: zh, text: '下周末去爬北边那座山，有人一起吗？ #徒步', audience: 'FOLLOWERS' },
  { author: 'lan_anh', language: vi, text: 'Nhật ký: hôm nay mệt quá, nhưng vẫn tới nơi.', audience: 'ONLY_ME' },
  {
    author: 'anna',
    language: en,
    text: 'Blisters, day three. You have been warned. #hiking',
    contentWarning: 'Feet',
    audience: 'FOLLOWERS',
  },
  { author: 'chen', language: zh, text: '给 @nora 的回信写好了：是的，这里也能看到土星。 #天文' },
  { author: 'binh', language: vi, text: 'Mẹo chụp ngược sáng: đứng yên, thở đều, bấm trước khi mặt trời chạm núi. #nhiếpảnh' },
  { author: 'marco', language: en, text: 'Rainy Sunday in Porto. The oven is on, the door is open. Come in.' },
  { author: 'nora', language: en, text: 'Unpopular opinion: Pluto is doing fine.' },
  { author: 'sofia', language: en, text: 'Learning Vietnamese so that I can read the captions of @binh. So far: cà phê. #languages' },
  { author: 'mei', language: zh, text: '猫坐在刚拉好的坯上。现在它是合作者了。 #猫 #陶艺' },
  { author: 'wei', language: zh, text: '周末作业：教女儿用意大利面搭桥。承重：一个橘子。' },
  { author: 'linh', language: vi, text: 'Chợ sáng, mùi rau thơm, tiếng cười. Mình thích nhất lúc này trong ngày.' },
  { author: 'quang', language: vi, text: 'Ai có dây loa dài 5 mét cho mình mượn tới thứ Bảy với?', audience: 'FOLLOWERS' },
  { author: 'yuki_w', language: zh, text: '慢一点，也会到的。' },
  { author: 'lan_anh', language: vi, text: 'Cuối tuần này dọn rác ở bãi biển Mỹ Khê, 6 giờ sáng. Mang găng tay nhé! #đànẵng' },
  {
    author: 'anna',
    language: en,
    text: 'Three countries, twelve people, one table. That was the plan, and here we are. @binh @chen #plaza',
  },
];
