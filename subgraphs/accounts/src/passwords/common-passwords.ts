/** The passwords of eight characters and more that open the most accounts in published leaks, in lower case. */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `password password1 password2 password3 password12 password123 password1234 password! passw0rd p@ssw0rd p@ssword pa$$word p4ssword passwort
  12345678 123456789 1234567890 12345678910 123456780 87654321 987654321 9876543210 0987654321 01234567 0123456789 11223344 1122334455
  12341234 12344321 123123123 12121212 123321123 147258369 741852963 159357456 789456123 456789123 123654789 11112222 88888888 00000000
  11111111 22222222 33333333 44444444 55555555 66666666 77777777 99999999 111111111 1111111111 0000000000 31415926 19841984 20002000
  qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456 qwerty1! qwerty!1 1qaz2wsx 1qaz2wsx3edc 1q2w3e4r 1q2w3e4r5t
  1q2w3e4r5t6y q1w2e3r4 q1w2e3r4t5 qazwsxedc qazwsx12 qazwsx123 zaq12wsx zaq1zaq1 zxcvbnm1 zxcvbnm123 asdfghjk asdfghjkl asdf1234 asdfasdf
  asdfghjkl123 qweasdzxc qwe123456 123qweasd 1234qwer qwer1234 abcd1234 abc12345 abc123456 abcdefgh abcdefg1 abcdefghi a1b2c3d4 aa123456
  aa12345678 a123456789 a12345678 1a2b3c4d letmein1 letmein123 welcome1 welcome12 welcome123 welcome! welcome2 iloveyou iloveyou1 iloveyou2
  iloveyou! ihateyou sunshine sunshine1 princess princess1 football football1 baseball baseball1 basketball superman superman1 spiderman
  starwars starwars1 pokemon1 pokemon123 dragon12 dragon123 monkey12 monkey123 michael1 michelle jennifer jennifer1 jessica1 charlie1
  daniel12 victoria elizabeth samantha benjamin alexander nicholas jonathan christian whatever whatever1 trustno1 computer computer1
  internet internet1 samsung1 samsung123 google123 facebook facebook1 instagram linkedin twitter1 minecraft fortnite1 chocolate cheesecake
  butterfly blink182 liverpool liverpool1 chelsea1 arsenal1 manchester barcelona realmadrid juventus yankees1 cowboys1 mustang1 corvette
  mercedes porsche911 hello123 hello1234 helloworld goodluck lovelove loveyou1 iloveyou123 babygirl babygirl1 lovely12 sweetheart forever1
  changeme changeme1 changeme123 default1 admin123 admin1234 administrator adminadmin rootroot root1234 test1234 test12345 testtest
  testing1 testing123 guest123 user1234 username login123 secret12 secret123 topsecret access14 master12 master123 mypassword newpassword
  nopassword temppass temp1234 p@ssw0rd1 p@ssw0rd123 p@55w0rd pass1234 pass12345 passpass password01 password11 password2024 password2025
  password2026 summer2024 summer2025 winter2024 winter2025 spring2025 autumn2025 monday123 january1 november december qwertz123 qwertzuiop
  azertyuiop azerty123 motdepasse contraseña hallo123 schatz123 matkhau123 matkhau1 anhyeuem emyeuanh anhyeuem1 iloveyou520 woaini520
  woaini1314 5201314520 wang1234 zhang123 woaini123 a1234567 q1234567 1234567a 12345678a 123456789a 1234567q 123456abc 123abc123 abc123abc
  plazaplaza plaza123 plaza1234`.split(/\s+/u),
);
