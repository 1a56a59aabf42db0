/** Who looks at the page, what they may, and how they come in and go out. */

import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { reaches, type Role } from '../roles'
import { EVERY } from './queries'
import { get, post } from './request'
import type { NewToken, Session, TokenList, TokenMade } from './shapes'

const KEY = ['session']

export interface Credentials {
  name: string
  password: string
}

/** Who asks; the same until somebody logs in or out, or the server says 401. */
export function useSession() {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => get<Session>('api/session', signal),
    staleTime: Infinity,
    refetchInterval: ({ state }) => (state.data ? false : EVERY.idle),
  })
}

/** Whether whoever looks has this role at this moment, for what is not drawn. */
export function mayNow(client: QueryClient, role: Role): boolean {
  const session = client.getQueryData<Session>(KEY)
  return session ? reaches(session.role, role) : true
}

function useEnter(path: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (known: Credentials) => post<Session>(path, known),
    onSuccess: (session) => {
      client.setQueryData(KEY, session)
      void client.resetQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] })
    },
  })
}

export function useLogIn() {
  return useEnter('api/login')
}

/** Make the first user, an admin, and log them in. */
export function useSetUp() {
  return useEnter('api/setup')
}

/** Log out here, or on every device; the page then starts anew, with nothing left of what was shown. */
export function useLogOut(everywhere = false) {
  return useMutation({
    mutationFn: () => post<void>(everywhere ? 'api/logout-everywhere' : 'api/logout', {}),
    onSuccess: () => location.reload(),
  })
}

export function useChangePassword() {
  return useMutation({
    mutationFn: (wanted: { current: string; password: string }) => post<void>('api/password', wanted),
  })
}

const TOKENS = ['tokens']

/** One's own tokens. */
export function useTokens() {
  return useQuery({
    queryKey: TOKENS,
    queryFn: ({ signal }) => get<TokenList>('api/tokens', signal),
    select: ({ tokens }) => tokens,
  })
}

export function useAddToken() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wanted: NewToken) => post<TokenMade>('api/tokens', wanted),
    onSuccess: () => client.invalidateQueries({ queryKey: TOKENS }),
  })
}
