/** Who may come in: for admins. */

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { get, post, remove } from './request'
import type { AuditPage, NewUser, User, UserChange, UserList } from './shapes'

const KEY = ['users']

export function useUsers() {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => get<UserList>('api/users', signal),
    select: ({ users }) => users,
  })
}

/** Change the user of this number, or add one. */
export function useSaveUser(id: number | null) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wanted: NewUser | UserChange) =>
      id === null ? post<User>('api/users', wanted) : post<User>(`api/users/${id}`, wanted, 'PATCH'),
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  })
}

/** Remove a user or a token of that number. */
export function useRemove(what: 'users' | 'tokens', id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => remove(`api/${what}/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: [what] }),
  })
}

/** Who changed what, the newest first. */
export function useAudit(action: string) {
  const only = action ? `&action=${encodeURIComponent(action)}` : ''
  return useInfiniteQuery({
    queryKey: ['audit', action],
    queryFn: ({ pageParam, signal }) =>
      get<AuditPage>(`api/audit?limit=100${only}${pageParam ? `&before=${pageParam}` : ''}`, signal),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
    select: ({ pages }) => pages.flatMap(({ entries }) => entries),
  })
}
