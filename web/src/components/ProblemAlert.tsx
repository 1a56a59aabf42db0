import { Alert, Button } from '@mantine/core'

import { Problem } from '../api/request'
import { messages } from '../messages'
import classes from './ProblemAlert.module.css'

interface Props {
  error: Error
  onRetry: () => void
  hint?: string
}

/** What the server said went wrong, and a button to ask again; `Door` deals with who is not logged in. */
export function ProblemAlert({ error, onRetry, hint }: Props) {
  const problem = error instanceof Problem ? error : null
  if (problem?.status === 401) return null
  const isForbidden = problem?.status === 403
  const refusal = isForbidden && messages.session.forbidden
  const sentences = [problem?.detail, refusal, problem?.passes && messages.again, hint]
  return (
    <Alert className={classes.problem} color="red" title={error.message} role="alert">
      <p>{sentences.filter(Boolean).join(' ')}</p>
      {!isForbidden && (
        <Button size="xs" color="red" variant="outline" onClick={onRetry}>
          {messages.retry}
        </Button>
      )}
    </Alert>
  )
}
