import { newId } from '@plaza/kernel/id';
import type { RequestHandler, Response } from 'express';
import { validate } from 'uuid';

const HEADER = 'x-request-id';

/** Names each request by a UUID: the client's own where it sent one, so that both logs speak of the same thing. */
export const requestIds: RequestHandler = (request, response, next) => {
  const given = request.get(HEADER);
  const id = given !== undefined && validate(given) ? given.toLowerCase() : newId();
  response.locals['requestId'] = id;
  response.setHeader(HEADER, id);
  next();
};

export const requestIdOf = (response: Response): string => String(response.locals['requestId']);
