/** A comment of the demo. */
export interface DemoComment {
  /** The place of its post in POSTS. */
  readonly post: number;
  readonly author: string;
  readonly text: string;
  /** The place, in this list, of the comment that it answers: an earlier one on the same post. */
  readonly answers?: number;
}

export const COMMENTS: readonly DemoComment[] = [
  { post: 0, author: 'binh', text: 'Đẹp quá! Mùa này đi có lạnh không?' },
  { post: 0, author: 'anna', text: 'Five degrees and no wind. Bring gloves!', answers: 0 },
  { post: 0, author: 'yuki_w', text: '想去！' },
  { post: 1, author: 'linh', text: 'Chào mừng Bình!' },
  { post: 2, author: 'mei', text: '欢迎欢迎，这里的人都很好。' },
  { post: 3, author: 'anna', text: 'I can smell it from here.' },
  { post: 3, author: 'binh', text: 'Cho mình một ly, nhiều đá nhé.' },
  { post: 4, author: 'mei', text: '颜色太美了。' },
  { post: 5, author: 'nora', text: 'Chelsea says hello to her twin.' },
  { post: 5, author: 'mei', text: '她们一定是失散的姐妹！', answers: 8 },
  { post: 6, author: 'chen', text: '现场看一定很震撼。' },
  { post: 9, author: 'anna', text: 'Twenty-one kilometres without coffee. Respect.' },
  { post: 9, author: 'lan_anh', text: 'Lần sau mình mang theo bình!', answers: 11 },
  { post: 10, author: 'lan_anh', text: 'Nghe thôi đã thấy mát.' },
  { post: 13, author: 'nora', text: 'The other sock is at redshift 8.' },
  { post: 13, author: 'chen', text: '难怪找不到！', answers: 14 },
  { post: 14, author: 'anna', text: 'This one belongs on a wall.' },
  { post: 15, author: 'sofia', text: 'What is its name?' },
  { post: 15, author: 'marco', text: 'Clint Yeastwood. I am not proud.', answers: 17 },
  { post: 18, author: 'lan_anh', text: 'Đường trước, thắng vàng rồi mới tới nước mắm!' },
  { post: 18, author: 'binh', text: 'Mẹ mình bảo ngược lại, giờ phải làm sao?', answers: 19 },
  { post: 19, author: 'marco', text: 'The one below is judging me.' },
  { post: 20, author: 'chen', text: '学到了。' },
  { post: 23, author: 'marco', text: 'Screenshot taken.' },
  { post: 25, author: 'linh', text: 'Vườn nhà Bình đúng là sở thú mini.' },
  { post: 30, author: 'yuki_w', text: '隔着屏幕都闻到了。' },
  { post: 37, author: 'linh', text: 'Bạc xỉu. Không tranh luận.' },
  { post: 37, author: 'lan_anh', text: 'Sữa đá! Tạm biệt tình bạn này.' },
  { post: 42, author: 'mei', text: '恭喜！太不容易了。' },
  { post: 42, author: 'nora', text: 'Congratulations to the whole team!' },
  { post: 51, author: 'chen', text: '支持冥王星！' },
  { post: 52, author: 'binh', text: 'Bước tiếp theo: "cà phê sữa đá".' },
  { post: 54, author: 'wei', text: '更新：第二座桥承重两个橘子。' },
  { post: 59, author: 'chen', text: '下次在上海聚！' },
  { post: 59, author: 'binh', text: 'Hoặc ở Đà Nẵng, có biển!', answers: 33 },
  { post: 59, author: 'anna', text: 'Both. In that order.', answers: 33 },
];
