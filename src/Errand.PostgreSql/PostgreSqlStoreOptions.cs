using System.Text.RegularExpressions;

namespace Errand.PostgreSql;

/// <summary>Where a store is kept in PostgreSQL, and how it goes about it.</summary>
public sealed partial record PostgreSqlStoreOptions
{
    /// <summary>The server, the database and the login, as Npgsql writes them: <c>Host=…;Username=…;Password=…;Database=…</c>.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>
    /// The PostgreSQL schema that the tables are in; several stores may share a database under different names. It is made where it is missing.
    /// Default: <c>errand</c>.
    /// </summary>
    public string Schema { get; init; } = "errand";

    /// <summary>
    /// Whether to hold a connection open on which other processes tell of their writes at once (LISTEN). Turn it off behind a pooler that hands
    /// connections on after each transaction; the writes of others are then found by polling. Default: true.
    /// </summary>
    public bool Doorbell { get; init; } = true;

    /// <summary>How many changes the feed goes back. Default: 100,000.</summary>
    public int ChangesKept { get; init; } = 100_000;

    internal IReadOnlyList<Migration> Migrations { get; init; } = Migration.All;

    /// <summary>Where the store is, without the connection string, which may hold a password.</summary>
    public override string ToString() => $"{nameof(PostgreSqlStoreOptions)} {{ {nameof(Schema)} = {Schema} }}";

    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(ConnectionString))
            throw new ArgumentException("The connection string is empty. Set it to something like 'Host=localhost;Username=errand;Database=errand'.");
        if (!SchemaName().IsMatch(Schema) || Schema.StartsWith("pg_", StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"'{Schema}' cannot be the schema of a store: the name must have 1 to 48 characters of a-z, 0-9 and _, and must not begin " +
                "with a digit or 'pg_'.");
        }
        if (ChangesKept < 1) throw new ArgumentException($"{nameof(ChangesKept)} is {ChangesKept}; the feed must go back at least one change.");
    }

    // Short enough for the name of the channel, which has less than 64 characters.
    [GeneratedRegex(@"^[a-z_][a-z0-9_]{0,47}\z")]
    private static partial Regex SchemaName();
}
