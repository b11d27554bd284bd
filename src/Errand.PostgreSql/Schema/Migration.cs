namespace Errand.PostgreSql;

/// <summary>One step forward of the schema.</summary>
/// <param name="Schema">The number of the schema that it leads to.</param>
/// <param name="MinReader">The oldest schema number that a build must know in order to use the tables afterwards.</param>
/// <param name="Sql">What it does; <c>{schema}</c> stands for the name of the schema that the tables are in.</param>
internal sealed record Migration(int Schema, int MinReader, string Sql)
{
    /// <summary>All steps, in order.</summary>
    public static IReadOnlyList<Migration> All { get; } = [new(1, 1, Schema1.Sql), new(2, 2, Schema2.Sql)];
}
