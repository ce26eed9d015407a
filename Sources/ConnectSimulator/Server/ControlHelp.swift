// SPDX-License-Identifier: Apache-2.0

/// The body of GET /help.
let controlHelp = """
    connect-simulator: the control API. HTTP and JSON, on the loopback interface only.
    Errors are {"error", "member"?, "help"} with status 400 (invalid body), 404 (unknown path or contact) or
    409 (not possible in the contact's or the instance's present state).

    Contacts. {type} is voice, queue_callback, chat, task or email. Times are in seconds.
      POST /contacts {type, direction?: inbound|outbound, customer?, queue?, attributes?, ringSeconds?,
                      contactId?, name?, description?, monitor?, subtype?: connect:Telephony|connect:WebRTC,
                      video?, preview?, autoAccept?, pendingSeconds?,
                      initialContactId?}                                -> {contactId, state}
           state "waiting": the contact is offered as soon as the agent is available. monitor: another agent's call.
      GET /contacts                              the contacts: contactId, type, state, queue
      POST /contacts/<id>/customer-accepts       the customer answers an outbound call or a callback
      POST /contacts/<id>/customer-hangs-up      the customer hangs up or leaves the chat
      POST /contacts/<id>/customer-says {text}   the customer sends a chat message, pushed on aws/chat
      POST /contacts/<id>/customer-types         the customer types in a chat
      POST /contacts/<id>/customer-acknowledges  the customer's client has connected to the chat
      POST /contacts/<id>/transfer-fails         the participant that the agent added cannot take the chat
      POST /contacts/<id>/preview-accepts        the agent accepts a campaign's preview: the customer is called
      POST /contacts/<id>/agent-misses           the contact stops ringing and is missed
      POST /contacts/<id>/agent-answers          the agent answers on the desk phone
      POST /contacts/<id>/third-party-answers    POST /contacts/<id>/third-party-hangs-up
      POST /contacts/<id>/error {reason?}        reason: an AgentErrorStates value
      POST /contacts/<id>/supervisor-listens     another agent joins the call, unseen, as a supervisor
      POST /contacts/<id>/supervisor-barges      takes part;  POST /contacts/<id>/supervisor-leaves
      POST /contacts/<id>/supervisor-mutes       mutes the agent, who cannot undo that
      POST /contacts/<id>/supervisor-unmutes
      POST /agent {operation, input?, contact?, connection?: agent|customer|third-party}
                                                 an operation of the agent, for scenarios without a client

    Contact attributes with an effect: customerId (the customer that Voice ID assumes; a Voice ID session starts with
    the call), voiceIdDecision (REJECT...), voiceIdRisk (HIGH_RISK), and the attributes that quick responses name
    (firstName).

    Websockets. Each call applies to all that are open.
      POST /websocket/drop                       cut the connection, without a close frame
      POST /websocket/half-open                  keep the TCP connection open, but neither read nor write
      POST /websocket/close {code?}              send a close frame (default 1000)
      POST /websocket/push {topic, content?}     send a frame, whether or not the topic is subscribed

    The service's HTTP listener.
      POST /listener/drop                        cut every connection
      POST /listener/down {seconds?}             cut every connection and refuse new ones for a while (default 5)

    Faults. {operation} is a CTI operation (GetAgentSnapshot), "*" for all CTI operations, "authorize", "logout",
    "websocket", "agent-app", "task-templates", "quick-responses", "screen-sharing" or "discovery".
      POST /faults {operation, status?, code?, message?, delaySeconds?, times? (default 1; -1: no limit), drop?,
                    retryAfterSeconds?}          the header Retry-After of the failure
      DELETE /faults                             remove all faults

    The agent's account. POST /login and POST /idp/sso check it.
      POST /account {locked?, access?}           at least one member. locked: sign-in fails with 403, with the right
                                                 password too; false also forgets the wrong passwords. access false:
                                                 sign-in works, but authorize and CTI operations fail with 403

    Tokens, clock, transport.
      POST /token/expire                         expire every access token (sessions stay signed in)
      POST /token/lifetime {seconds}             the lifetime of access tokens issued from now on
      POST /cookie/lifetime {seconds}            cookies end after this time; authorize sends a new one
      POST /sessions/end                         sign every session out
      POST /clock/shift {seconds}                shift the service's clock; may be negative
      POST /clock/real                           the service's time becomes the system's, and runs as fast
      POST /transport {lifetimeSeconds}          the lifetime of websockets issued from now on
      POST /failover {active: this|other | activeInstanceArn, terminateActiveContacts?}
                                                 set the active instance that agent discovery reports. An inactive
                                                 instance gets no new contacts; with terminateActiveContacts its
                                                 live contacts end at once
      POST /reset                                stop the scenario, remove contacts and faults, restore the initial
                                                 agent state and account, cut the websockets; sessions
                                                 and tokens stay

    Scenarios. A new one replaces the one that is running.
      POST /scenario {scenario: demo | yaml}     play a scenario, built in or as YAML text

    Inspection.
      GET /state                                 snapshot, configuration, version, websockets, sessions,
                                                 account
      GET /agents                                this agent and the other one
      GET /events                                server-sent events of what happens: snapshot {version, state, nextState,
                                                 contacts}, step {do, contactId?, operation?}, request {operation,
                                                 call?}
      GET /requests[?operation=X]                the last 1000 requests, tokens redacted; X may also be an agent-app
                                                 method
      GET /counts                                requests per operation
      GET /help                                  this text

    """
