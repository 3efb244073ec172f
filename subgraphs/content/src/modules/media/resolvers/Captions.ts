import { captionLanguage } from '@plaza/media/captions';
import type { CaptionsResolvers } from '../../types.generated.js';

export const Captions: CaptionsResolvers = {
  lang: ({ language }) => language,
  name: ({ language }) => captionLanguage(language)?.name ?? language,
  auto: ({ isAuto }) => isAuto,
  url: ({ of, object }, _args, ctx) => ctx.urlOf(of, object) ?? '',
};
