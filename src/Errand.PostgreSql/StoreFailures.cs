using System.Net.Sockets;
using Npgsql;

namespace Errand.PostgreSql;

/// <summary>Says in plain words what kept the database from doing its part, and what to do.</summary>
internal static class StoreFailures
{
    /// <summary>Whether the database is to blame, and not the caller or this library.</summary>
    public static bool IsOfStore(Exception e) => e is NpgsqlException or SocketException or IOException or TimeoutException;

    /// <summary>Whether the transaction was given up in favour of another one and may simply be tried again.</summary>
    public static bool IsOfRace(Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    public static StoreUnavailableException Unavailable(string store, Exception e) => new($"The store {store} {Explain(e)}", e);

    private static string Explain(Exception e) => e switch
    {
        PostgresException answer => $"answered: {answer.MessageText} (SQLSTATE {answer.SqlState}). {Advice(answer.SqlState)}",
        { InnerException: TimeoutException } or TimeoutException =>
            "did not answer in time. Look at the server's load and at what lies between; Errand goes on by itself once it answers again.",
        _ => $"cannot be reached: {e.GetBaseException().Message} Check that the server runs and that the connection string names it; " +
            "Errand goes on by itself once it is back.",
    };

    private static string Advice(string state) => state switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            "Check the user and the password in the connection string, and the server's pg_hba.conf.",
        PostgresErrorCodes.InvalidCatalogName => "Create the database, or name another one in the connection string.",
        PostgresErrorCodes.TooManyConnections =>
            "Lower 'Maximum Pool Size' in the connection string of each process, or raise max_connections of the server.",
        PostgresErrorCodes.DiskFull => "Free some space on the server's disk.",
        PostgresErrorCodes.ReadOnlySqlTransaction =>
            "This server can only be read, as a standby: name the primary, or several hosts with 'Target Session Attributes=primary'.",
        PostgresErrorCodes.InsufficientPrivilege => "Grant the user of the connection string what is missing on the store's schema.",
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName =>
            "The store's tables are gone since it was opened; restart this process to make new ones, or restore them.",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow =>
            "Errand goes on by itself once the server is back.",
        _ => "The server's log may tell more.",
    };
}
