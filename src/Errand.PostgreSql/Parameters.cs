using Npgsql;
using NpgsqlTypes;

namespace Errand.PostgreSql;

/// <summary>Values on their way into the database. Each says its type, so that a statement is prepared once whatever is absent.</summary>
internal static class Parameters
{
    public static NpgsqlParameter Text(string? value) => Of(NpgsqlDbType.Text, StoredText.Encode(value));

    public static NpgsqlParameter Id(JobId? value) => Of(NpgsqlDbType.Text, value?.ToString());

    public static NpgsqlParameter Number(long? value) => Of(NpgsqlDbType.Bigint, value);

    public static NpgsqlParameter Integer(int? value) => Of(NpgsqlDbType.Integer, value);

    public static NpgsqlParameter Small(int value) => Of(NpgsqlDbType.Smallint, (short)value);

    public static NpgsqlParameter Time(DateTimeOffset? value) => Of(NpgsqlDbType.Bigint, value?.ToUnixTimeMilliseconds());

    public static NpgsqlParameter Ticks(DateTimeOffset value) => Of(NpgsqlDbType.Bigint, value.UtcTicks);

    /// <summary>A time to compare stored ones with: a whole millisecond is before it exactly if it is before the next whole one.</summary>
    public static NpgsqlParameter Bound(DateTimeOffset value) => Time(value + TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond - 1));

    public static NpgsqlParameter Data(JobData value) => Of(NpgsqlDbType.Bytea, value.IsNone ? null : value.Utf8);

    public static NpgsqlParameter Document(byte[]? value) => Of(NpgsqlDbType.Bytea, value);

    public static NpgsqlParameter Ids(IEnumerable<JobId> values) =>
        Of(NpgsqlDbType.Array | NpgsqlDbType.Text, values.Select(id => id.ToString()).ToArray());

    public static NpgsqlParameter Texts(IEnumerable<string?> values) =>
        Of(NpgsqlDbType.Array | NpgsqlDbType.Text, values.Select(StoredText.Encode).ToArray());

    public static NpgsqlParameter Numbers(IEnumerable<long?> values) => Of(NpgsqlDbType.Array | NpgsqlDbType.Bigint, values.ToArray());

    public static NpgsqlParameter Integers(IEnumerable<int> values) => Of(NpgsqlDbType.Array | NpgsqlDbType.Integer, values.ToArray());

    public static NpgsqlParameter Times(IEnumerable<DateTimeOffset?> values) => Numbers(values.Select(at => at?.ToUnixTimeMilliseconds()));

    public static NpgsqlParameter Documents(IEnumerable<byte[]?> values) => Of(NpgsqlDbType.Array | NpgsqlDbType.Bytea, values.ToArray());

    private static NpgsqlParameter Of(NpgsqlDbType type, object? value) => new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };
}
