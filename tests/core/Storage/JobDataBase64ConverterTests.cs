using System.Text;
using System.Text.Json;
using Errand.Storage;

namespace Errand.Tests.Storage;

public sealed class JobDataBase64ConverterTests
{
    private static readonly JsonSerializerOptions Options = new() { MaxDepth = 2, Converters = { new JobDataBase64Converter() } };

    [Theory]
    [InlineData("null")]
    [InlineData(" { \"a\" : [ [ [ 1 ] ] ] } ")]
    [InlineData("\"größer 😀\"")]
    public void Json_within_a_document_comes_back_byte_for_byte(string json)
    {
        string document = JsonSerializer.Serialize<JobData[]>([JobData.Parse(json)], Options);
        Assert.Equal($"[\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(json))}\"]", document.Replace("\\u002B", "+", StringComparison.Ordinal));
        Assert.Equal(json, JsonSerializer.Deserialize<JobData[]>(document, Options)!.Single().ToString());
    }

    [Fact]
    public void No_value_is_the_null_of_the_document()
    {
        Assert.Equal("[null]", JsonSerializer.Serialize<JobData[]>([JobData.None], Options));
        Assert.True(JsonSerializer.Deserialize<JobData[]>("[null]", Options)!.Single().IsNone);
    }
}
