using System.Text;
using Xunit;

namespace Errand.Testing.Conformance;

/// <summary>Steps that many tests of output take.</summary>
internal static class OutputSteps
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static void Write(this OutputWriter writer, string text, OutputStream stream = OutputStream.Out) =>
        writer.Write(stream, Encoding.UTF8.GetBytes(text));

    /// <summary>Reads a log piece by piece to its end; the gaps are left out.</summary>
    public static async Task<byte[]> ReadAllAsync(this IOutputLog log, JobId job, OutputRange range = default)
    {
        var bytes = new MemoryStream();
        await foreach (var chunk in log.ChunksAsync(job, range)) bytes.Write(chunk.Bytes.Span);
        return bytes.ToArray();
    }

    public static async Task<string> ReadTextAsync(this IOutputLog log, JobId job, OutputRange range = default) =>
        Encoding.UTF8.GetString(await log.ReadAllAsync(job, range));

    public static async IAsyncEnumerable<OutputChunk> ChunksAsync(this IOutputLog log, JobId job, OutputRange range = default)
    {
        OutputSlice slice;
        do
        {
            slice = await log.ReadAsync(job, range, Token);
            long offset = slice.Offset;
            foreach (var chunk in slice.Chunks)
            {
                Assert.True(chunk.Offset >= offset, $"A chunk at {chunk.Offset} overlaps one that ends at {offset}.");
                offset = chunk.Offset + chunk.Bytes.Length;
                yield return chunk;
            }
            Assert.True(slice.NextOffset >= offset && slice.NextOffset <= slice.End, $"{slice} does not go on after its chunks.");
            Assert.True(slice.AtEnd || slice.NextOffset + slice.Skipped > slice.Offset, $"{slice} makes no progress.");
            range = range with { Offset = slice.NextOffset };
        }
        while (!slice.AtEnd);
    }
}

/// <summary>Output whose every byte can be told from its offset, so that a reader can check what it sees without knowing what was written.</summary>
internal static class TellingBytes
{
    public static byte At(long offset) => (byte)((offset * 2654435761) >> 13);

    public static byte[] From(long offset, int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) bytes[i] = At(offset + i);
        return bytes;
    }

    public static void Assert(OutputChunk chunk)
    {
        if (!chunk.Bytes.Span.SequenceEqual(From(chunk.Offset, chunk.Bytes.Length)))
            Xunit.Assert.Fail($"The {chunk.Bytes.Length} bytes of {chunk.Stream} at {chunk.Offset} are not the ones that were written there.");
    }
}
