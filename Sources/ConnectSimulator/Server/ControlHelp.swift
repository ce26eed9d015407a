/// What GET /help of the control API prints.
let controlHelp = """
    connect-simulator: the control API. HTTP and JSON, on the loopback interface only.
    An error is {"error", "member"?, "help"}: 400 a bad body, 404 an unknown path or contact, 409 a wrong moment.

    Contacts. {type} is voice, queue_callback, chat or task; times are in seconds.
      POST /contacts {type, direction?: inbound|outbound, customer?, queue?, attributes?, ringSeconds?,
                      contactId?, name?, description?, monitor?}        -> {contactId, state}
           state "waiting": the agent is not available yet; it is offered as soon as they are.
      POST /contacts/<id>/customer-accepts       the customer answers an outbound call or a callback
      POST /contacts/<id>/customer-hangs-up      ... or leaves the chat
      POST /contacts/<id>/customer-says {text}   a chat message, pushed on aws/chat
      POST /contacts/<id>/agent-misses           it has rung long enough
      POST /contacts/<id>/agent-answers          on the desk phone
      POST /contacts/<id>/third-party-answers    POST /contacts/<id>/third-party-hangs-up
      POST /contacts/<id>/error {reason?}        reason: an AgentErrorStates value
      POST /agent {operation, input?, contact?, connection?: agent|customer|third-party}
                                                 an operation of the agent, for scenarios that play alone

    Attributes of a contact that mean something: customerId (who Voice ID takes the customer for; it listens to the
    call then), voiceIdDecision (REJECT...), voiceIdRisk (HIGH_RISK), and those that quick responses name (firstName).

    Websocket, as many as are open.
      POST /websocket/drop                       cut, without goodbye
      POST /websocket/half-open                  open for TCP, silent for ever
      POST /websocket/close {code?}              a close frame (1000)
      POST /websocket/push {topic, content?}     a frame to everybody, subscribed or not

    The service's HTTP listener.
      POST /listener/drop                        cut every connection
      POST /listener/down {seconds?}             and refuse new ones for a while (5)

    Failures. {operation}: a CTI operation (GetAgentSnapshot), "*" for all of them, "authorize", "websocket",
    "agent-app", "task-templates", "quick-responses", "screen-sharing", "discovery".
      POST /faults {operation, status?, code?, message?, delaySeconds?, times? (1; -1 for ever), drop?}
      DELETE /faults                             none any more

    Tokens, clock, transport.
      POST /token/expire                         no access token is good any more (sessions stay)
      POST /token/lifetime {seconds}             for those given out from now on
      POST /sessions/end                         nobody is signed in any more
      POST /clock/shift {seconds}                the service's clock jumps; may be negative
      POST /transport {lifetimeSeconds}          for the websockets handed out from now on
      POST /failover {active: this|other | activeInstanceArn, terminateActiveContacts?}
                                                 what agent discovery tells; the instance that is not active gets
                                                 no new contacts, and loses those it has if they are terminated
      POST /reset                                no contacts, no failures, the first agent state; sessions and
                                                 tokens stay, websockets are cut

    Looking.
      GET /state                                 snapshot, configuration, version, websockets, sessions
      GET /requests[?operation=X]                the last 1000 requests, tokens redacted; X may also be the method
                                                 of the agent-app service
      GET /counts                                requests per operation
      GET /help                                  this text

    """
