/** Words that the mass of posts is made of; frequent ones first. None of them decides a query of queries.ts by itself. */
export const WORDS: Readonly<Record<'en' | 'vi' | 'zh', readonly string[]>> = {
  en: `the a and to of in is it on we my with for was this at that so today just like new from all one more have very out when day about people time
    good after some up what again morning really where little night home work city week always over first long back down friend walk house last water
    garden street found never light best summer winter window old small table book music train bus road river mountain bread soup rice fish apple
    orange market shop price made learned wrote read painted built fixed washed cleaned opened closed red blue white black yellow big quiet warm cold
    early late maybe finally almost together alone family mother father sister brother neighbour child dog bird tree leaf flower stone bridge park
    station office meeting project phone screen paper pencil chair door kitchen bath bed sleep dream story song film game ticket weekend holiday
    weather rain cloud storm sun moon star sea beach sand island boat wind field farm village town country world travel map bag coat hat glove`
    .trim()
    .split(/\s+/u),
  vi: `và là của có một những các cho với trong này được không người ngày hôm nay rất khi đã đi ở về lại nhà thì cũng từ đến mình tôi em anh chị bạn
    nhiều lắm quá mới cái con ra vào lên xuống buổi sáng chiều tối đêm đường phố làng quê sông núi biển trời nắng mưa gió mùa xuân hạ thu đông cây lá
    vườn chợ hàng quán bàn ghế cửa sổ phòng bếp giường sách báo bài viết đọc học trường lớp thầy cô bố mẹ ông bà cháu gia đình công việc chuyện vui
    buồn nhớ thương yêu thích đẹp xinh to nhỏ dài ngắn nhanh chậm sớm muộn đầu cuối năm tháng tuần giờ phút tiền giá rẻ đắt mua bán tặng gửi nhận
    xe máy tàu bay cầu ga sân đèn nước lửa đất đá cát thuyền cá tôm rau quả chuối cam táo lúa gạo cơm canh muối đường mía trâu gà vịt chim mèo`
    .trim()
    .split(/\s+/u),
  zh: `的 了 我 是 在 和 也 都 就 很 今天 我们 一个 这个 大家 时候 觉得 可以 没有 还是 因为 所以 喜欢 看到 知道 朋友 家里 早上 晚上 周末 时间 生活 工作 学习 学校 老师
    同学 孩子 妈妈 爸爸 城市 街道 公园 河边 山上 海边 天气 下雨 太阳 月亮 春天 夏天 秋天 冬天 花园 树木 小鸟 小猫 房子 窗户 桌子 椅子 厨房 晚饭 早饭 米饭 面包 水果 苹果 橙子
    超市 市场 价格 便宜 礼物 电影 音乐 故事 小说 游戏 比赛 新闻 手机 电脑 照片 地图 车站 火车 飞机 公交 旅行 假期 风景 开心 难过 安静 热闹 漂亮 简单 重要 终于 一直 已经 慢慢 一起`
    .trim()
    .split(/\s+/u),
};

/** Hashtags of the mass, frequent ones first. */
export const TAGS: readonly string[] =
  'daily mood cuộcsống 日常 weekend buổisáng 分享 photo giađình 心情 nature thiênnhiên 记录 city thànhphố 周末 happy hạnhphúc 开心'.split(
    ' ',
  );

/** For the names of the people. */
export const NAMES: Readonly<Record<'given' | 'family', readonly string[]>> = {
  given:
    'Linh Minh Hương Tuấn Ngọc Đức Thảo Quang Emma Oliver Sophie Jack Grace Henry Alice Oscar 晓明 丽华 建国 雨桐 子涵 浩然 美玲 志强 Yuki Hana Łukasz Zoë'.split(
      ' ',
    ),
  family:
    'Nguyễn Trần Lê Phạm Hoàng Đặng Bùi Smith Jones Taylor Brown Wilson Evans 王 李 张 刘 陈 杨 赵 Müller Novák García Kowalski'.split(' '),
};
