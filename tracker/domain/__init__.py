"""The verbs. They take a session, an actor and the time; they add and flush, the edge commits."""
