using Npgsql;

namespace Errand.PostgreSql;

/// <summary>Steps that reading takes again and again.</summary>
internal static class ReaderExtensions
{
    /// <summary>All rows of the answer that is being read.</summary>
    public static async Task<List<T>> RowsAsync<T>(this NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        List<T> rows = [];
        while (await reader.ReadAsync(cancellationToken)) rows.Add(read(reader));
        return rows;
    }

    /// <summary>All rows of the answer after the one that was read.</summary>
    public static async Task<List<T>> NextRowsAsync<T>(
        this NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await reader.NextResultAsync(cancellationToken);
        return await reader.RowsAsync(read, cancellationToken);
    }
}
