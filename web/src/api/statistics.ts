/** What all comics add up to, how Longbox is, and what it has logged. */

import { useQuery } from '@tanstack/react-query'

import { EVERY } from './queries'
import { get, Problem } from './request'
import type { Health, Logs, Statistics } from './shapes'

export function useStatistics() {
  return useQuery({
    queryKey: ['files', 'statistics'],
    queryFn: ({ signal }) => get<Statistics>('api/statistics', signal),
  })
}

/** Its problems are an answer, too, though with a status of 503. */
export function useHealth() {
  return useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => get<Health>('api/health', signal).catch(readIllness),
    refetchInterval: EVERY.idle,
  })
}

function readIllness(error: unknown): Health {
  const answer = error instanceof Problem ? error.answer : undefined
  if (typeof answer === 'object' && answer !== null && 'checks' in answer) return answer as Health
  throw error
}

export function useLogs(lines: number, type: string) {
  return useQuery({
    queryKey: ['logs', lines, type],
    queryFn: ({ signal }) => get<Logs>(`api/logs?lines=${lines}&type=${type}`, signal),
    refetchInterval: EVERY.idle,
  })
}
