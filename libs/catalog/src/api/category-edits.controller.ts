import { Body, Controller, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  categoryEditView,
  categoryTranslationPath,
  createCategoryBody,
  translateCategoryBody,
} from '@entrepot/contracts/api/catalog';
import type { CategoryEditView } from '@entrepot/contracts/api/catalog';
import { DomainError, isIdOf } from '@entrepot/kernel';
import type { CategoryId } from '@entrepot/kernel';
import { Access, createZodDto, ZodResponse } from '@entrepot/platform-http';

import { CreateCategory } from '../application/create-category.ts';
import { TranslateCategory } from '../application/translate-category.ts';

class CreateCategoryDto extends createZodDto(createCategoryBody) {}
class CategoryTranslationPathDto extends createZodDto(categoryTranslationPath) {}
class TranslateCategoryDto extends createZodDto(translateCategoryBody) {}
class CategoryEditDto extends createZodDto(categoryEditView) {}

@ApiTags('catalog administration')
@Controller('admin/v1/categories')
export class CategoryEditsController {
  constructor(
    private readonly createCategory: CreateCategory,
    private readonly translateCategory: TranslateCategory,
  ) {}

  @Post()
  @Access('staff', ['merchandiser'])
  @ZodResponse({ status: 201, type: CategoryEditDto })
  create(@Body() body: CreateCategoryDto): Promise<CategoryEditView> {
    const { slug, parentId, position, translations } = body;
    return this.createCategory.execute({
      slug,
      parentId: parentId === null ? null : categoryIdOf(parentId),
      position,
      texts: translations,
    });
  }

  @Put(':categoryId/translations/:locale')
  @Access('staff', ['merchandiser'])
  @ZodResponse({ status: 200, type: CategoryEditDto })
  async translate(
    @Param() path: CategoryTranslationPathDto,
    @Body() body: TranslateCategoryDto,
  ): Promise<CategoryEditView> {
    const categoryId = categoryIdOf(path.categoryId);
    const { treeVersion } = await this.translateCategory.execute(categoryId, path.locale, body);
    return { categoryId, treeVersion };
  }
}

function categoryIdOf(text: string): CategoryId {
  if (isIdOf('category', text)) return text;
  throw new DomainError('NOT_FOUND', 'there is no such category');
}
