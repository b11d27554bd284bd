using System.Text.RegularExpressions;

namespace Errand.PostgreSql;

/// <summary>Where a store is kept in PostgreSQL, and how it goes about it.</summary>
public sealed partial class PostgreSqlStoreOptions
{
    /// <summary>The server, the database and the login, as Npgsql writes them: <c>Host=…;Username=…;Password=…;Database=…</c>.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>
    /// The PostgreSQL schema that the store's tables are in; several stores may share a database under different names. Default:
    /// <c>errand</c>.
    /// </summary>
    public string Schema { get; init; } = "errand";

    /// <summary>
    /// Whether to hold a connection open on which other processes tell of their writes (LISTEN). Turn it off behind a pooler that hands a
    /// connection to someone else after each transaction; news of other processes then come with the next poll. Default: yes.
    /// </summary>
    public bool Listen { get; init; } = true;

    /// <summary>How many changes are kept for those who follow what has changed; whoever falls further behind reads everything anew. Default: 100,000.</summary>
    public int ChangesKept { get; init; } = 100_000;

    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(ConnectionString))
            throw new ArgumentException("The connection string is empty. Set it to something like 'Host=localhost;Username=errand;Database=errand'.");
        if (!SchemaName().IsMatch(Schema) || Schema.StartsWith("pg_", StringComparison.Ordinal))
            throw new ArgumentException(
                $"'{Schema}' cannot be the name of a store's schema: use 1 to 48 characters of a-z, 0-9 and _, not beginning with a digit or 'pg_'.");
        if (ChangesKept < 1)
            throw new ArgumentException($"{nameof(ChangesKept)} is {ChangesKept}; it must be at least 1.");
    }

    // Short enough for the names of indexes and of the channel, which have 63 bytes at most.
    [GeneratedRegex("^[a-z_][a-z0-9_]{0,47}$")]
    private static partial Regex SchemaName();
}
