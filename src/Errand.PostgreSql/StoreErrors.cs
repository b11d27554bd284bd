using System.Net.Sockets;
using Npgsql;

namespace Errand.PostgreSql;

/// <summary>Says what PostgreSQL's answers mean for whoever asked, and what to do.</summary>
internal static class StoreErrors
{
    /// <summary>Whether it came from the database or the way to it, and not from a mistake in this library.</summary>
    public static bool IsOfStore(Exception e) => e is NpgsqlException or SocketException or IOException or TimeoutException;

    /// <summary>
    /// Whether the server says that it gave the transaction up, so that it may simply be tried again: in favour of another one, or because it
    /// was stopped since the connection was last used and may be back by now.
    /// </summary>
    public static bool IsPassing(Exception e) => e is PostgresException
    {
        SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.AdminShutdown,
    };

    public static JobException Explain(Exception e, string store) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.ProgramLimitExceeded } => new InvalidJobException("job",
            "The job's kind, owner, agent, session, key or one of its tags is too long to be found by; each may have 2,600 bytes.", e),
        PostgresException answer => Unavailable(e,
            $"The store {store} answered: {answer.MessageText} (SQLSTATE {answer.SqlState}). {AdviceOn(answer.SqlState)}"),
        TimeoutException or { InnerException: TimeoutException } => Unavailable(e,
            $"The store {store} did not answer in time. Look at the server's load and at the network between; the store goes on by itself."),
        _ => Unavailable(e,
            $"The store {store} cannot be reached ({e.GetBaseException().Message.TrimEnd('.')}). See that the server runs and that the connection " +
            "string names it; the store goes on by itself."),
    };

    private static string AdviceOn(string state) => state switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            "Check the user and the password in the connection string, and the server's pg_hba.conf.",
        PostgresErrorCodes.InvalidCatalogName => "Create the database, or name another one in the connection string.",
        PostgresErrorCodes.TooManyConnections =>
            "Lower 'Maximum Pool Size' in the connection strings of the processes that share the server, or raise its max_connections.",
        PostgresErrorCodes.DiskFull => "Free some space on the server; the store goes on by itself.",
        PostgresErrorCodes.ReadOnlySqlTransaction =>
            "The server is a standby that can only be read: name the primary, or all hosts and 'Target Session Attributes=primary'.",
        PostgresErrorCodes.InsufficientPrivilege => "Grant the user of the connection string what it lacks on the store's schema.",
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName =>
            "The store's tables were removed since it was opened: restore them, or start this process again to make new ones.",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow =>
            "The server is stopping or starting; the store goes on by itself.",
        _ => "The server's log may tell more.",
    };

    private static StoreUnavailableException Unavailable(Exception inner, string message) => new(message, inner);
}
