import { configSlice, variable } from '../config-slice.ts';
import { urlText } from '../schemas.ts';

export const redisSlice = configSlice({
  title: 'Redis',
  variables: {
    ENTREPOT_REDIS_URL: variable({
      schema: urlText('redis', 'rediss'),
      description: 'Redis URL with the user and password of this cell',
      secret: true,
    }),
  },
  build: (values) => ({ url: values.ENTREPOT_REDIS_URL }),
});
export type RedisConfig = ReturnType<typeof redisSlice.build>;
