/** What an empty explorer shows, as the README has it: it needs no sign-in, and without the demo's people it answers that nobody is there. */
export const FIRST_QUERY = `query Plaza {
  user(handle: "anna") {
    displayName
    followerCount
    posts(first: 3) {
      edges {
        node {
          text
          createdAt
          media {
            altText
            url(width: 640)
          }
          likeCount
          comments(first: 2) {
            edges {
              node {
                text
                author {
                  handle
                }
              }
            }
          }
        }
      }
    }
  }
}
`;
